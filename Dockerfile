# Built in one image, run in another: no compiler and no development package where keys are.
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

# An embedded database, if one is used, lives in a volume the daemon's user may write.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV ROLLKEEPER_DATA=/data

USER node
# No HEALTHCHECK: the daemon ends when it cannot go on, and a restart is the cure; see `restart` in docker-compose.yml.
# More room for young objects: see ARCHITECTURE.md.
ENTRYPOINT ["node", "--max-semi-space-size=64", "dist/rollkeeper.js"]
CMD ["start"]
