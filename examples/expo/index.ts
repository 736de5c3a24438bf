// What Expo starts.

import { registerRootComponent } from 'expo'
import { ChatApp } from './chat-app.tsx'

registerRootComponent(ChatApp)
