# Built in one image, run in another: no compiler and no development package where keys are. It runs as a user of its own, and needs to
# write nowhere but in /data and /tmp: `docker run --read-only --tmpfs /tmp` works.
FROM node:20-bookworm-slim AS build

WORKDIR /app
# Dependencies first: they change less often than the code.
COPY package.json package-lock.json ./
COPY src/dashboard/package.json ./src/dashboard/
RUN npm ci --ignore-scripts
COPY build.js tsconfig.json ./
COPY machines ./machines
COPY src ./src
RUN npm run build

FROM node:20-bookworm-slim

ENV NODE_ENV=production
WORKDIR /app

COPY package.json package-lock.json ./
COPY src/dashboard/package.json ./src/dashboard/
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

COPY LICENSE ./
COPY examples ./examples
COPY migrations ./migrations
COPY presets ./presets
COPY src/store/sql ./src/store/sql
COPY src/exchange/paper/tapes ./src/exchange/paper/tapes
COPY --from=build /app/dist ./dist

# The doctor finds the programs of the embedded database, and makes their links while they can still be made.
RUN node dist/rollkeeper.js doctor --data /data/none

# An embedded database, if one is used, lives in a volume the daemon's user may write.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV ROLLKEEPER_DATA=/data

USER node
# Whether the process lives, not whether it does its work: a restart brings no prices back. The daemon ends by itself when it cannot go
# on; see `restart` in docker-compose.yml.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "dist/rollkeeper.js", "health"]
# More room for young objects: see ARCHITECTURE.md.
ENTRYPOINT ["node", "--max-semi-space-size=64", "dist/rollkeeper.js"]
CMD ["start"]
