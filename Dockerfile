FROM node:20-bookworm-slim

ENV NODE_ENV=production
WORKDIR /app

# Dependencies first: they change less often than the code. Optional ones stay, the TypeScript loader needs its own.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force

COPY LICENSE ./
COPY machines ./machines
COPY migrations ./migrations
COPY src ./src

# An embedded database, if one is used, lives in a volume the daemon's user may write.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV ROLLKEEPER_DATA=/data

USER node
# No HEALTHCHECK: the daemon ends when it cannot go on, and a restart is the cure; see `restart` in docker-compose.yml.
# More room for young objects: see ARCHITECTURE.md.
ENTRYPOINT ["node", "--max-semi-space-size=64", "src/cli/bin.js"]
CMD ["start"]
