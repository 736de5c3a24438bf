/** Full name of the V2 service. */
export const messageApiService = 'xmtp.message_api.v1.MessageApi'
