// message_v2: sender, topic, key, time, content, salt and nonce -> the whole message.

import { concatBytes, msToNs, toHex } from '@posthorn/bytes'
import { decodeContent } from '@posthorn/content'
import { decryptHkdfAesGcm } from '@posthorn/crypto'
import { ephemeralTopic, isEphemeralTopic } from '@posthorn/envelope'
import { CodecError } from '@posthorn/errors'
import { signatureFromWire } from '@posthorn/identity'
import { hmacPeriod, openMessage, sealMessage } from '@posthorn/protocol-v2'
import { decode, Message, type MessageV2, SignedContent } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { partsOf } from '../ciphertext-parts.ts'
import { registry } from '../content-codecs.ts'
import { booleanField, bytesField, integerField, objectField, textField } from '../fields.ts'
import { toJson } from '../json-value.ts'
import { readParty } from '../party.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

/** Checks V2 messages: sealed again, and opened. */
export const messageV2: Checker = {
  async compute({ crypto, input, expect }) {
    const { address, bundle: keys } = readParty(crypto, objectField(input, 'sender'))
    const bytes = bytesField(input, 'message')
    const topic = textField(input, 'topic')
    const conversation = { topic, keyMaterial: bytesField(input, 'key_material'), peerAddress: '' }
    const content = bytesField(input, 'encoded_content')
    const nowMs = integerField(input, 'clock_ms')
    const randomness = objectField(input, 'ciphertext_salt_nonce')
    const draws = [bytesField(randomness, 'hkdf_salt'), bytesField(randomness, 'gcm_nonce')]
    const sealed = await sealMessage(withRandomness(crypto, draws), {
      identity: { address, keys },
      conversation,
      content,
      shouldPush: booleanField(input, 'should_push'),
      sentNs: integerField(input, 'created_ns'),
      nowNs: msToNs(nowMs),
    })
    requireReproduced('message', sealed.bytes, bytes)
    const opened = await openMessage(crypto, { conversation, selfAddress: address, bytes })
    requireReproduced('content', opened.content, content)
    const incoming = await decodeContent(registry, opened.content)
    const { headerBytes, ciphertext, senderHmac } = wireOf(bytes)
    const parts = partsOf(ciphertext)
    const secret = conversation.keyMaterial
    const plaintext = await decryptHkdfAesGcm(crypto, {
      secret,
      ciphertext: parts,
      additionalData: headerBytes,
    })
    const { payload, signature } = decode(SignedContent, plaintext, 'SignedContent')
    const { compact, recovery } = signatureFromWire(signature)
    // Ephemeral messages differ in the envelope's topic alone.
    const isEphemeral = isEphemeralTopic(textField(expect, 'envelope_topic'))
    return {
      envelope_topic: isEphemeral ? ephemeralTopic(topic) : topic,
      header_bytes: toHex(headerBytes),
      signed_content: toHex(plaintext),
      digest_signed_by_pre_key: toHex(crypto.hash.sha256(concatBytes(headerBytes, payload))),
      signature_compact: toHex(compact),
      recovery,
      payload: toHex(parts.payload),
      sender_hmac: senderHmac === undefined ? null : toHex(senderHmac),
      hmac_period: hmacPeriod(Number(nowMs)),
      sender_address: opened.senderAddress,
      id: opened.id,
      content: incoming.kind === 'decoded' ? toJson(incoming.content) : undefined,
    }
  },
}

function wireOf(bytes: Uint8Array): MessageV2 {
  const { version } = decode(Message, bytes, 'Message')
  if (version?.$case === 'v2') return version.value
  throw new CodecError('vectors/bad-field', 'Read field message: wanted a V2 message')
}
