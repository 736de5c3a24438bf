// Telling the application before its user sees a wallet prompt, and counting the prompts.

import type { WalletSigner } from '@posthorn/identity'

/** Why a wallet is about to be asked to sign. */
export type SignaturePurpose = 'create-identity' | 'enable-identity' | 'other'

/** A prompt that the wallet is about to show. */
export type SignatureRequest = {
  readonly purpose: SignaturePurpose
  /** The exact text. */
  readonly text: string
}

/** Called before each prompt; the prompt waits for it. */
export type OnBeforeSign = (request: SignatureRequest) => void | Promise<void>

/** A signer that announces and counts its prompts. */
export type CountingSigner = WalletSigner & { readonly promptCount: number }

/** Wraps a signer. */
export function countPrompts(signer: WalletSigner, onBeforeSign?: OnBeforeSign): CountingSigner {
  let promptCount = 0
  return {
    address: signer.address,
    signText: async (text) => {
      await onBeforeSign?.({ purpose: purposeOf(text), text })
      promptCount += 1
      return signer.signText(text)
    },
    get promptCount() {
      return promptCount
    },
  }
}

function purposeOf(text: string): SignaturePurpose {
  if (text.startsWith('XMTP : Create Identity\n')) return 'create-identity'
  return text.startsWith('XMTP : Enable Identity\n') ? 'enable-identity' : 'other'
}
