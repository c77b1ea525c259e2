import type { Config } from '../config/load.ts'
import { type EncryptionKeys, parseEncryptionKeys } from '../platform/crypto/encryption-keys.ts'
import { loadOrCreateEncryptionKeys, loadOrCreateOperatorKey } from '../platform/data-dir.ts'
import type { Random } from '../platform/random.ts'

export interface Secrets {
  encryptionKeys: EncryptionKeys
  operatorKey: string
}

/** From the settings, or made once and kept in the data folder. To be called before the embedded Postgres is started. */
export async function loadSecrets(
  config: Pick<Config, 'dataDir' | 'encryptionKeys' | 'operatorApiKey'>,
  random: Random,
): Promise<Secrets> {
  const { dataDir } = config
  return {
    encryptionKeys: config.encryptionKeys
      ? parseEncryptionKeys(config.encryptionKeys)
      : await loadOrCreateEncryptionKeys(dataDir, random),
    operatorKey: config.operatorApiKey ?? (await loadOrCreateOperatorKey(dataDir, random)),
  }
}
