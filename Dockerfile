# The base of every stage. A release names it with its digest, which only a machine that reaches the registry can look up:
# --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim

# What the service needs to run. Nothing optional: Prisma's own tools count as that, and so does all that is native, so
# the result depends on no C library. Nothing of it has an install script.
FROM ${NODE_IMAGE} AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Prisma brings its compiler for every database, some megabytes each.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional --ignore-scripts \
 && find node_modules/@prisma/client/runtime -name 'query_compiler_*' ! -name '*.postgresql.*' -delete

# Everything, to generate the Prisma client and to build the board.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
# The board's own settings of TypeScript stand on those of the root.
COPY package.json package-lock.json .npmrc prisma.config.ts tsconfig.json ./
COPY prisma ./prisma
COPY scripts/generate-client.ts scripts/slim-client.ts scripts/build-board.ts ./scripts/
COPY src/board ./src/board
COPY docs/board.md docs/board-screens.md ./docs/
# A browser needs the board's packages only in the form of its files.
RUN --mount=type=cache,target=/root/.npm npm ci && rm -rf src/board/node_modules
COPY src ./src

# What is in the image, for whoever has to look for a weak package (CycloneDX), and under which licences: of the service, of the board by its own
# lockfile, and of the base, whose packages the dpkg or apk of this stage knows as well.
FROM build AS contents
COPY scripts/licences.ts ./scripts/
COPY --from=modules /app/node_modules /contents/node_modules
RUN cp package.json package-lock.json /contents/ \
 && cd /contents && /app/node_modules/.bin/cyclonedx-npm --omit dev --omit optional --output-reproducible --output-file sbom.cdx.json \
 && cd /app/src/board \
 && /app/node_modules/.bin/cyclonedx-npm --package-lock-only --omit dev --output-reproducible --output-file /contents/sbom-board.cdx.json \
 && cd /contents && node /app/scripts/licences.ts sbom.cdx.json sbom-board.cdx.json > LICENCES.txt \
 && (dpkg-query -W 2>/dev/null || apk info -v) > os-packages.txt

# A release (VERSION is given) that could be another one tomorrow under the same name is none.
ARG NODE_IMAGE
ARG VERSION=unknown
RUN case "$VERSION $NODE_IMAGE" in unknown\ * | *@sha256:*) ;; *) echo "VERSION is given, so NODE_IMAGE must be pinned: node:24-slim@sha256:…" >&2; exit 1 ;; esac

# Compiled for the user and the flags of the image, which Node.js looks for it under. One of another user compiles for itself at each start.
FROM ${NODE_IMAGE} AS compiled
ENV NODE_OPTIONS=--max-semi-space-size=16 NODE_COMPILE_CACHE=/compiled
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY package.json ./
COPY --from=build /app/src ./src
COPY scripts/compile.ts ./scripts/
RUN mkdir /compiled && chown 1000:1000 /compiled
USER 1000:1000
# Node.js writes for its user alone; in the image they are root's, so that nobody can put other code in their place.
RUN node scripts/compile.ts && chmod -R a+rX /compiled

# The simulated malls for trying the containers out (docker-compose.sandbox.yml); never part of the service's image.
FROM build AS sandbox
COPY sandbox ./sandbox
# For SANDBOX_KEEP: a volume takes the owner of the folder that it is mounted on.
RUN mkdir /kept && chown node:node /kept
USER node
CMD ["node", "sandbox/main.ts"]

FROM ${NODE_IMAGE}
ARG NODE_IMAGE
ARG REVISION=unknown
ARG VERSION=unknown
LABEL org.opencontainers.image.title=torikomi org.opencontainers.image.revision=$REVISION org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.base.name=$NODE_IMAGE
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 REVISION=$REVISION
# Memory (docs/performance.md): V8 would keep 32 MB or more for what has just been made, and glibc a heap for each thread.
ENV NODE_OPTIONS=--max-semi-space-size=16 MALLOC_ARENA_MAX=2
# So that a start reads no TypeScript and no thread holds a reader of it.
ENV NODE_COMPILE_CACHE=/app/compiled
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY package.json ./
COPY prisma ./prisma
COPY --from=build /app/src ./src
COPY --from=contents /contents/sbom.cdx.json /contents/sbom-board.cdx.json /contents/LICENCES.txt /contents/os-packages.txt ./
COPY --from=compiled --chown=0:0 /compiled ./compiled
# For `ops backup into`: a volume takes the owner of the folder that it is mounted on.
RUN mkdir /backup && chown 1000:1000 /backup
# By number, so that a cluster that forbids root can see that it is none.
USER 1000:1000
EXPOSE 3000
# Without Node.js, whose start alone takes more than the five seconds on a machine that has much to do.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 4 line <&3 && [[ $line == *' 200 '* ]]"]
CMD ["node", "src/main.ts"]
