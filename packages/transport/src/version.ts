/** Version of this release, sent to nodes as `X-Client-Version: posthorn/{version}`. */
export const clientVersion = '0.1.0'
