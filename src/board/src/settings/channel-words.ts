import type { Schemas } from '../api.ts'
import { t } from '../i18n.ts'

type Channel = Schemas['NoticeChannel']
export type ChannelKind = Channel['kind']
export type Topic = Channel['topics'][number]
export type Pace = Channel['pace']

export const KINDS: readonly ChannelKind[] = ['mail', 'slack', 'chatwork', 'line_works', 'webhook']
export const TOPICS: readonly Topic[] = ['attention', 'expiry', 'report']
export const PACES: readonly Pace[] = ['soon', 'daily']

export const kindWord = (kind: ChannelKind): string =>
  ({
    mail: t('メール', 'Mail'),
    slack: 'Slack',
    chatwork: 'Chatwork',
    line_works: 'LINE WORKS',
    webhook: 'Webhook',
  })[kind]

export const topicWord = (topic: Topic): string =>
  ({
    attention: t('要対応', 'Attention'),
    expiry: t('期限のお知らせ', 'Ends of keys'),
    report: t('日次レポート', 'Daily report'),
  })[topic]

export const paceWord = (pace: Pace): string =>
  ({ soon: t('すぐに', 'at once'), daily: t('1日1回、7:05', 'once a day, 7:05') })[pace]
