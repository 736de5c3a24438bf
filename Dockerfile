# A node in a container: the bundled program, Node, and nothing else. See docs/operating.md.

FROM node:24-slim AS build
WORKDIR /build
COPY . .
RUN npm ci && mkdir -p /app/packages/cli /app/node_modules \
  && cp -r packages/cli/bin packages/cli/dist packages/cli/package.json /app/packages/cli/ \
  && cp -r node_modules/secp256k1 node_modules/node-gyp-build /app/node_modules/

FROM node:24-slim
ENV NODE_ENV=production \
    POSTHORN_DATA=/data \
    POSTHORN_HOST=0.0.0.0 \
    POSTHORN_API_PORT=5555 \
    POSTHORN_LOG=json
COPY --from=build /app /app
RUN ln -s /app/packages/cli/bin/posthorn.js /usr/local/bin/posthorn \
  && install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 5555
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:5555/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["posthorn"]
CMD ["up"]
