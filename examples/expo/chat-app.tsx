// A chat on a phone. The account is made anew at each start: an application brings a wallet or a vault instead.

import { type Client, createClient, type Message } from '@posthorn/react-native'
import * as ExpoCrypto from 'expo-crypto'
import { type ReactElement, useEffect, useState } from 'react'
import { AppState, Button, FlatList, StyleSheet, Text, TextInput, View } from 'react-native'

const url = process.env['EXPO_PUBLIC_NODE_URL'] ?? 'http://localhost:5555'
const getRandomValues = ExpoCrypto.getRandomValues

/** Connects, and tells of every message from then on. */
async function follow(onClient: (client: Client) => void, onMessage: (message: Message) => void) {
  const privateKey = ExpoCrypto.getRandomBytes(32)
  const client = await createClient(privateKey, { url, getRandomValues, appState: AppState })
  onClient(client)
  for await (const message of await client.streamAllMessages()) onMessage(message)
}

/** The screen. */
export function ChatApp(): ReactElement {
  const [client, setClient] = useState<Client>()
  const [messages, setMessages] = useState<readonly Message[]>([])
  const [to, setTo] = useState('')
  const [text, setText] = useState('')
  const [trouble, setTrouble] = useState('')

  useEffect(() => {
    let opened: Client | undefined
    const onClient = (made: Client): void => {
      opened = made
      setClient(made)
    }
    const onMessage = (added: Message): void => setMessages((before) => [added, ...before])
    follow(onClient, onMessage).catch((error) => setTrouble(String(error)))
    return () => void opened?.close()
  }, [])

  const send = async (): Promise<void> => {
    const chat = await client?.newConversation(to.trim())
    await chat?.send(text)
    setText('')
    setTrouble('')
  }

  return (
    <View style={styles.screen}>
      <Text selectable>{client?.address ?? `Connecting to ${url}…`}</Text>
      <TextInput placeholder="0x…" value={to} onChangeText={setTo} autoCapitalize="none" />
      <TextInput placeholder="Message" value={text} onChangeText={setText} />
      <Button title="Send" onPress={() => send().catch((error) => setTrouble(String(error)))} />
      <Text accessibilityRole="alert">{trouble}</Text>
      <FlatList
        data={messages}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => <Text>{lineOf(item)}</Text>}
      />
    </View>
  )
}

function lineOf({ senderAddress, content, fallback }: Message): string {
  return `${senderAddress?.slice(0, 8) ?? 'Somebody'}: ${content ?? fallback ?? '(unreadable)'}`
}

const styles = StyleSheet.create({ screen: { flex: 1, padding: 24, paddingTop: 64, gap: 8 } })
