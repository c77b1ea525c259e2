import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { number } from '../parts/format.ts'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner, useMayWork } from '../session.ts'
import { statusWord } from '../words.ts'
import { ConditionFields, conditionWords, freeCode, useConditions, useConditionWords } from './conditions.tsx'

/** 自動仕分け: where orders go from 新規受付 by themselves, tried on the newest ones before it is on. */

type MoveRules = Schemas['MoveRules']
type Rule = MoveRules['rules'][number]
type Tried = Schemas['MoveRulesPreview']

export function SortSettings() {
  const rules = useQuery({ queryKey: ['move-rules'], queryFn: () => answer(api.GET('/v1/move-rules')) })
  return (
    <section className="desk-part" id="sorting">
      <h1>{t('自動仕分け', 'Sorting')}</h1>
      <p className="support">
        {t(
          '新規受付に入った受注を、上から順に最初に当てはまったルールの移動先へ動かします。人が動かした受注、モールでキャンセルされた受注は動かしません。モール側保留の間は出荷待ちへ動かしません。',
          'Moves orders on from 新規受付 by the first rule that holds, until a person moves them.',
        )}
      </p>
      {rules.isPending ? (
        <Loading />
      ) : rules.data ? (
        <Rules kept={rules.data} />
      ) : (
        <Failed error={rules.error} again={() => void rules.refetch()} />
      )}
    </section>
  )
}

function Rules({ kept }: { kept: MoveRules & { presets: readonly Rule[] } }) {
  const owner = useIsOwner()
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const words = useConditionWords()
  const [tried, setTried] = useState<Tried | null>(null)
  // On top of what is kept by now: a colleague may have changed it meanwhile.
  const change = async (to: (now: MoveRules) => MoveRules, said: string) => {
    const { enabled, rules } = await answer(api.GET('/v1/move-rules'))
    await answer(api.PUT('/v1/move-rules', { body: to({ enabled, rules }) }))
    setTried(null)
    refresh('move-rules')
    toast(said)
  }
  const saved = t('自動仕分けのルールを保存しました。', 'Kept.')
  const offered = kept.presets.filter(({ code }) => !kept.rules.some((rule) => rule.code === code))
  const tryThem = async () => {
    const { enabled, rules } = kept
    setTried(await answer(api.POST('/v1/move-rules/preview', { body: { enabled, rules } })))
  }
  return (
    <div className="stack">
      <p>
        {kept.enabled
          ? t('いまは有効です。', 'It is on.')
          : t('いまは無効です。どの受注も動きません。', 'It is off: nothing moves.')}{' '}
        {owner && (
          <button
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() =>
              send(() =>
                change(
                  (now) => ({ ...now, enabled: !kept.enabled }),
                  kept.enabled
                    ? t('自動仕分けを無効にしました。', 'Sorting is off.')
                    : t(
                        '自動仕分けを有効にしました。以後に新規受付へ入る受注を動かします。',
                        'Sorting is on.',
                      ),
                ),
              )
            }
          >
            {kept.enabled ? t('無効にする', 'Turn off') : t('有効にする', 'Turn on')}
          </button>
        )}
      </p>
      {kept.rules.length === 0 && <p className="quiet">{t('ルールはまだありません。', 'No rules yet.')}</p>}
      <ol className="stack">
        {kept.rules.map((rule, index) => (
          <li key={rule.code}>
            <span className="row">
              <span>
                <strong>{rule.label}</strong> {conditionWords(rule.all, words)} →{' '}
                <strong>{statusWord(rule.to)}</strong>
                {rule.onHoldReason && <span className="quiet"> {rule.onHoldReason}</span>}
              </span>
              {owner && (
                <>
                  {index > 0 && (
                    <button
                      type="button"
                      className="button"
                      aria-disabled={busy}
                      onClick={() =>
                        send(() => change((now) => ({ ...now, rules: movedUp(now.rules, rule.code) }), saved))
                      }
                    >
                      {t('上へ', 'Up')}
                      <span className="for-reader">{rule.label}</span>
                    </button>
                  )}
                  <button
                    type="button"
                    className="button"
                    aria-disabled={busy}
                    onClick={() =>
                      send(() =>
                        change(
                          (now) => ({ ...now, rules: now.rules.filter(({ code }) => code !== rule.code) }),
                          saved,
                        ),
                      )
                    }
                  >
                    {t('削除', 'Remove')}
                    <span className="for-reader">{rule.label}</span>
                  </button>
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
      {owner && offered.length > 0 && (
        <p className="row">
          {t('ひな形から追加:', 'Add a preset:')}
          {offered.map((rule) => (
            <button
              key={rule.code}
              type="button"
              className="button"
              aria-disabled={busy}
              onClick={() =>
                send(() =>
                  change((now) => ({ ...now, rules: inOrder(now.rules, rule, kept.presets) }), saved),
                )
              }
            >
              {rule.label}
            </button>
          ))}
        </p>
      )}
      {owner && (
        <NewRule
          taken={kept.rules}
          onAdd={(rule) => change((now) => ({ ...now, rules: beforeRest(now.rules, rule) }), saved)}
        />
      )}
      {mayWork && kept.rules.length > 0 && (
        <p>
          <button type="button" className="button" aria-disabled={busy} onClick={() => send(tryThem)}>
            {t('最新の受注で試す', 'Try on the newest orders')}
          </button>
        </p>
      )}
      <Problem error={error} />
      {tried && <Trial tried={tried} />}
    </div>
  )
}

function movedUp(rules: readonly Rule[], code: string): Rule[] {
  const at = rules.findIndex((rule) => rule.code === code)
  const moved = [...rules]
  if (at > 0) moved.splice(at - 1, 2, ...moved.slice(at - 1, at + 1).reverse())
  return moved
}

/** A rule without a condition takes all that is left: a new one goes before it, or it would never hold. */
function beforeRest(rules: readonly Rule[], rule: Rule): Rule[] {
  const rest = rules.findIndex(({ all }) => all.length === 0)
  return rest < 0 || rule.all.length === 0 ? [...rules, rule] : rules.toSpliced(rest, 0, rule)
}

/** Presets work together in their own order. */
function inOrder(rules: readonly Rule[], rule: Rule, presets: readonly Rule[]): Rule[] {
  const after = presets.slice(presets.findIndex(({ code }) => code === rule.code) + 1)
  const at = rules.findIndex(({ code }) => after.some((one) => one.code === code))
  return at < 0 ? beforeRest(rules, rule) : rules.toSpliced(at, 0, rule)
}

const TARGETS = ['awaiting_payment', 'on_hold', 'ready_to_ship'] as const

function NewRule({ onAdd, taken }: { onAdd: (rule: Rule) => Promise<void>; taken: readonly Rule[] }) {
  const [label, setLabel] = useState('')
  const [to, setTo] = useState<Rule['to']>('on_hold')
  const [reason, setReason] = useState('')
  const conditions = useConditions()
  return (
    <details>
      <summary>{t('ルールを追加', 'Add a rule')}</summary>
      <Form
        className="stack"
        label={t('自動仕分けのルールを追加', 'Add a sorting rule')}
        send={async () => {
          const onHoldReason = to === 'on_hold' && reason.trim() ? { onHoldReason: reason.trim() } : {}
          await onAdd({
            code: freeCode(taken),
            label: label.trim(),
            to,
            all: [...conditions.all],
            ...onHoldReason,
          })
          setLabel('')
          setReason('')
          conditions.clear()
        }}
      >
        <div className="row">
          <Field
            label={t('ルールの表示名', 'Name of the rule')}
            name="label"
            required
            maxLength={40}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
          <Choice
            label={t('移動先', 'Goes to')}
            name="to"
            value={to}
            onChange={setTo}
            options={TARGETS.map((status) => [status, statusWord(status)] as const)}
          />
          {to === 'on_hold' && (
            <Field
              label={t('保留の理由', 'Reason')}
              name="onHoldReason"
              maxLength={200}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </div>
        <ConditionFields conditions={conditions} />
        <p className="support">
          {t(
            '条件がないルールは、残りのすべての受注に当てはまります。',
            'Without a condition it takes all that is left.',
          )}
        </p>
        <FormEnd label={t('ルールを追加', 'Add the rule')} />
      </Form>
    </details>
  )
}

/** Result of a trial, each order with its reason. */
function Trial({ tried }: { tried: Tried }) {
  const why = (one: Tried['orders'][number]): string => {
    const label = tried.moves.find(({ code }) => code === one.code)?.label ?? ''
    if (one.why === 'held')
      return t(
        `「${label}」に当てはまりますが、モール側保留中です`,
        `“${label}” holds, but the mall holds it`,
      )
    if (one.why === 'cancelled') return t('モールで未発送ではありません', 'Not open at the mall')
    if (one.why === 'no_rule') return t('当てはまるルールがありません', 'No rule holds')
    return t(`「${label}」`, `“${label}”`)
  }
  return (
    <div className="stack" aria-live="polite">
      <p>
        {t(
          `最新の ${number(tried.looked)} 件で試しました。何も動かしていません。`,
          `Tried on ${tried.looked}; nothing moved.`,
        )}
      </p>
      <ul className="plain">
        {tried.moves.map(({ code, label, to, count, held }) => (
          <li key={code}>
            <strong>{label}</strong> → {statusWord(to)}: {t(`${number(count)} 件`, String(count))}
            {held > 0 && t(`（ほかにモール側保留中 ${number(held)} 件）`, ` (${held} held by the mall)`)}
          </li>
        ))}
        <li>{t(`動かさない: ${number(tried.stays)} 件`, `Stay: ${tried.stays}`)}</li>
        {tried.cancelled > 0 && (
          <li>
            {t(
              `モールで未発送でない: ${number(tried.cancelled)} 件`,
              `Not open at the mall: ${tried.cancelled}`,
            )}
          </li>
        )}
      </ul>
      <details>
        <summary>{t('受注ごとの結果', 'Each order')}</summary>
        <ul className="plain">
          {tried.orders.map((one) => (
            <li key={one.orderId}>
              <Link href={`/orders/${one.orderId}`}>{one.orderNumber}</Link>{' '}
              {one.to ? `→ ${statusWord(one.to)}` : t('動かさない', 'stays')}{' '}
              <span className="quiet">{why(one)}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  )
}
