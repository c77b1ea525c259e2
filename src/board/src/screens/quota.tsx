import { Loading } from '../parts/states.tsx'

export default function Screen() {
  return <Loading />
}
