#!/bin/sh
# Makes Temporal's two databases and their tables, or brings those of an older release up to date. It can be run again.
# Needs temporal-sql-tool of the server's release, and what docker-compose.yml sets: DB, DB_PORT, POSTGRES_SEEDS, POSTGRES_USER, POSTGRES_PWD.
set -eu

each() {
  database=$1
  schema=$2
  tool() {
    temporal-sql-tool --plugin "$DB" --endpoint "$POSTGRES_SEEDS" --port "$DB_PORT" \
      --user "$POSTGRES_USER" --password "$POSTGRES_PWD" --database "$database" "$@"
  }
  tool create-database
  tool setup-schema --version 0.0
  tool update-schema --schema-name "postgresql/v12/$schema"
}

each temporal temporal
each temporal_visibility visibility
