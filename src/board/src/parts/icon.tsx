/** Signs of our own on a grid of 16, drawn in the text's colour. `solid` parts are filled. */
const ICONS = {
  home: <path d="M2.5 7.5 8 3l5.5 4.5M4 6.8V13h8V6.8M6.8 13V9.6h2.4V13" />,
  truck: (
    <path d="M1.5 4h7.8v7.2M9.3 6.2h2.8l2.4 2.6v2.4h-1M1.5 4v7.2h1M5.6 11.2h4.2M2.5 11.4a1.5 1.5 0 1 0 3.1 0 1.5 1.5 0 1 0-3.1 0m7.3 0a1.5 1.5 0 1 0 3.1 0 1.5 1.5 0 1 0-3.1 0" />
  ),
  alert: <path d="M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8m6-3.2v3.7m0 2.4v.1" />,
  warn: <path d="M8 2.5 14.2 13H1.8zM8 6.3v3.2m0 1.8v.1" />,
  list: <path d="M2.5 4h.1m2.9 0h8M2.5 8h.1m2.9 0h8m-11 4h.1m2.9 0h8" />,
  check: <path d="m3 8.5 3.4 3.3L13 4.8" />,
  cross: <path d="m4 4 8 8m0-8-8 8" />,
  pause: <path d="M5.5 3.5v9m5-9v9" />,
  star: <path d="m8 2.3 1.7 3.6 4 .5-2.9 2.7.7 3.9L8 11.1 4.5 13l.7-3.9-2.9-2.7 4-.5z" />,
  label: <path d="M2 3h12v10H2zm2.5 3h4m-4 2.4h2.6m3-.2v2.4m2-2.4v2.4" />,
  file: <path d="M4 2h5l3 3v9H4zm5 0v3h3" />,
  shop: (
    <path d="M2.5 6.2 3.6 2.5h8.8l1.1 3.7a1.8 1.8 0 0 1-3.6 0 1.9 1.9 0 0 1-3.8 0 1.8 1.8 0 0 1-3.6 0M3.4 8v5.5h9.2V8M6.5 13.5v-3h3v3" />
  ),
  calendar: <path d="M2.5 3.5h11v10h-11zm0 3.2h11M5.3 2v2.6m5.4-2.6v2.6" />,
  bell: <path d="M4 11V7.2a4 4 0 0 1 8 0V11l1.2 1.2H2.8zm2.6 2.6h2.8" />,
  search: <path d="M2.5 7a4.5 4.5 0 1 0 9 0 4.5 4.5 0 1 0-9 0m7.8 3.3 3.2 3.2" />,
  plus: <path d="M8 3v10M3 8h10" />,
  menu: <path d="M2.5 4.2h11M2.5 8h11m-11 3.8h11" />,
  down: <path d="m4 6.2 4 4 4-4" />,
  up: <path d="m4 9.8 4-4 4 4" />,
  left: <path d="m9.8 4-4 4 4 4" />,
  right: <path d="m6.2 4 4 4-4 4" />,
  pencil: <path d="M3 13l.6-2.8 7-7 2.2 2.2-7 7zm6.2-8.4 2.2 2.2" />,
  copy: <path d="M5.5 5.5h8v8h-8zm-2.2 5H2.5v-8h8v.8" />,
  tray: <path d="M8 2.5v6m-2.4-2.2L8 8.7l2.4-2.4M2.5 9v4.2h11V9" />,
  arrow: <path d="M3 8h9.5M9 4.5 12.5 8 9 11.5" />,
  circle: <path d="M3 8a5 5 0 1 0 10 0A5 5 0 1 0 3 8" />,
  dot: <path className="solid" d="M3 8a5 5 0 1 0 10 0A5 5 0 1 0 3 8" />,
  half: (
    <>
      <path d="M3 8a5 5 0 1 0 10 0A5 5 0 1 0 3 8" />
      <path className="solid" d="M8 3a5 5 0 0 0 0 10z" />
    </>
  ),
  most: (
    <>
      <path d="M3 8a5 5 0 1 0 10 0A5 5 0 1 0 3 8" />
      <path className="solid" d="M8 8V3a5 5 0 1 0 5 5z" />
    </>
  ),
  yen: <path d="M3 8a5 5 0 1 0 10 0A5 5 0 1 0 3 8m3-2.4L8 8l2-2.4M8 8v3M6.2 8.8h3.6" />,
  clock: <path d="M2.5 8a5.5 5.5 0 1 0 11 0 5.5 5.5 0 1 0-11 0M8 4.8V8l2.2 1.6" />,
  columns: <path d="M2.5 3h11v10h-11zm3.7 0v10m3.6-10v10" />,
  printer: <path d="M4.5 6V2.5h7V6M4.5 11H2.5V6h11v5h-2m-7-1.5h7v4h-7z" />,
  more: <path d="M3.4 8h.1m4.4 0h.1m4.4 0h.1" />,
  key: <path d="M2.5 10.5a2.7 2.7 0 1 0 5.4 0 2.7 2.7 0 1 0-5.4 0m4.7-1.9 6-6m-2.2 2.2 1.7 1.7" />,
  undo: <path d="M5.5 3 2.8 5.8l2.7 2.7M3 5.8h6.3a3.6 3.6 0 0 1 0 7.2H6" />,
  help: <path d="M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8m4.3-1.4A1.8 1.8 0 1 1 8.2 8.4L8 9.3m0 1.8v.1" />,
} as const

export type IconName = keyof typeof ICONS

export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    {ICONS[name]}
  </svg>
)
