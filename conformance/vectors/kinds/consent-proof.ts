// consent_proof: a wallet, another account and a time -> the proof that the other may write.

import { msToNs, toHex } from '@posthorn/bytes'
import {
  consentProofFromWire,
  consentProofText,
  consentProofToWire,
  createConsentProof,
  verifyConsentProof,
} from '@posthorn/identity'
import { ConsentProofPayload, decode, encode } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { integerField, textField } from '../fields.ts'
import { readWallet } from '../party.ts'

/** Checks consent proofs, made and verified. */
export const consentProof: Checker = {
  async compute({ crypto, input }) {
    const signer = readWallet(crypto, input)
    const broadcasterAddress = textField(input, 'broadcaster_address')
    const timestampMs = Number(integerField(input, 'timestamp_ms'))
    const made = await createConsentProof(crypto, { signer, broadcasterAddress, timestampMs })
    const payload = encode(ConsentProofPayload, consentProofToWire(made))
    const proof =
      consentProofFromWire(decode(ConsentProofPayload, payload, 'ConsentProofPayload')) ?? made
    const nowNs = msToNs(timestampMs)
    verifyConsentProof(crypto, { proof, broadcasterAddress, address: signer.address, nowNs })
    return {
      text: consentProofText({ broadcasterAddress, timestampMs }),
      signature: made.signature,
      payload: toHex(payload),
    }
  },
}
