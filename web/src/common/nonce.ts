/** What the server's content security policy wants of style elements that are made while the page runs. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
