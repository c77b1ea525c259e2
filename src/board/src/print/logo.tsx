import { logoAddress, type Papers } from './papers.ts'

/** In a box of one size: a paper is divided into pages before a picture has been unpacked. */
export const Logo = ({ papers, shop }: { papers: Papers | undefined; shop: string }) =>
  papers?.logo ? <img className="paper-logo" src={logoAddress(papers.logo)} alt={shop} /> : null
