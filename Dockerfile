# build: everything, to generate the Prisma client, then only what production needs.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma ./prisma
COPY scripts ./scripts
RUN npm ci
COPY src ./src

# The simulated malls for trying the containers out (docker-compose.sandbox.yml); never part of the service's image.
FROM build AS sandbox
USER node
CMD ["node", "src/sandbox/main.ts"]

FROM build AS production-files
RUN rm -rf src/sandbox && find src -name '*.test.ts' -delete && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=production-files /app/package.json ./
COPY --from=production-files /app/node_modules ./node_modules
COPY --from=production-files /app/prisma ./prisma
COPY --from=production-files /app/src ./src
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
