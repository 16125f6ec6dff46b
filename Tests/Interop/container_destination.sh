#!/bin/sh
# An Airbyte destination that needs a shell only: it appends what it is sent to a file of the folder
# that its configuration names, and tells how it is confined.
say() { printf '%s\n' "$*"; }
verb=$1
shift
while [ $# -gt 1 ]; do
  case $1 in
    --config) config=$2 ;;
    --catalog) catalog=$2 ;;
  esac
  shift 2
done
value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$2"; }
case $verb in
  spec) say '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"},"supported_destination_sync_modes":["append"]}}' ;;
  check)
    if (: >>"$(value folder "$config")/rows.jsonl") 2>/dev/null; then
      say '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}'
    else
      say '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"the folder cannot be written to"}}'
    fi
    ;;
  write)
    log() { say "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"$*\"}}"; }
    log "uid $(id -u)"
    for key in CapEff NoNewPrivs Seccomp; do
      log "$key $(sed -n "s/^$key:[[:space:]]*//p" /proc/self/status)"
    done
    log "networks $(sed -n 's/^ *\([a-z0-9]*\):.*/\1/p' /proc/net/dev | tr '\n' ' ')"
    (: >/written) 2>/dev/null && log "the root is written to"
    (: >"$catalog") 2>/dev/null && log "the catalog is written to"
    (: >"$config") 2>/dev/null && log "the configuration is written to"
    if [ "$(value fill "$config")" = 1 ]; then
      log "filling memory"
      exec awk 'BEGIN { text = "x"; while (1) text = text text }'
    fi
    # A state is given back once what came before it is in the file.
    exec awk -v rows="$(value folder "$config")/rows.jsonl" -v last="$(value die_after "$config")" '
      /"type":"RECORD"/ { print >>rows; if (++seen == last) { fflush(rows); exit 9 } }
      /"type":"STATE"/ { fflush(rows); print; fflush() }'
    ;;
esac
