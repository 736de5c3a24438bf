import '@posthorn/protocol-v3' // sin
