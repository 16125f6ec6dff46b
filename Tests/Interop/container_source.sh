#!/bin/sh
# An Airbyte source that needs a shell only; it tells how it is confined.
say() { printf '%s\n' "$*"; }
verb=$1
shift
while [ $# -gt 1 ]; do
  case $1 in
    --config) config=$2 ;;
    --state) state=$2 ;;
  esac
  shift 2
done
value() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$2"; }
case $verb in
  spec) say '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}' ;;
  check) say '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
  discover)
    say '{"type":"CATALOG","catalog":{"streams":[{"name":"nums","json_schema":{"type":"object","properties":{"id":{"type":"integer"}}},"supported_sync_modes":["full_refresh","incremental"],"source_defined_cursor":true,"default_cursor_field":["id"],"source_defined_primary_key":[["id"]]}]}}'
    ;;
  read)
    log() { say "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"$*\"}}"; }
    log "uid $(id -u)"
    for key in CapEff NoNewPrivs Seccomp; do
      log "$key $(sed -n "s/^$key:[[:space:]]*//p" /proc/self/status)"
    done
    log "networks $(sed -n 's/^ *\([a-z0-9]*\):.*/\1/p' /proc/net/dev | tr '\n' ' ')"
    for file in memory/memory.limit_in_bytes pids/pids.max cpu/cpu.cfs_quota_us memory.max pids.max cpu.max; do
      [ ! -r /sys/fs/cgroup/$file ] || log "cgroup ${file##*/} $(cat /sys/fs/cgroup/$file)"
    done
    log "limits $(ulimit -n) $(ulimit -f)"
    log "tmp has $(df -k /tmp | sed -n '$s/^[^ ]* *\([0-9]*\).*/\1/p') KiB"
    place=$(sed -n 's/.*"place":"\([^"]*\)".*/\1/p' "$config")
    if [ -n "$place" ]; then
      said=$(printf 'hello' | nc -w 2 "${place%:*}" "${place##*:}" 2>/dev/null)
      log "the place says ${said:-nothing}"
    fi
    path=$(sed -n 's/.*"secret":"\([^"]*\)".*/\1/p' "$config")
    [ -z "$path" ] || log "the file holds $(cat "$path" 2>/dev/null)."
    (: >/written) 2>/dev/null && log "the root is written to"
    (: >/tmp/written) 2>/dev/null && log "tmp is written to"
    (: >"$config") 2>/dev/null && log "the configuration is written to"
    if [ "$(value fill "$config")" = 1 ]; then
      log "filling memory"
      exec awk 'BEGIN { text = "x"; while (1) text = text text }'
    fi
    first=0
    [ -z "$state" ] || first=$(value id "$state")
    awk -v first="$first" -v last="$(value n "$config")" 'BEGIN {
      for (id = first + 1; id <= last; id++) {
        printf "{\"type\":\"RECORD\",\"record\":{\"stream\":\"nums\",\"data\":{\"id\":%d},\"emitted_at\":1700000000000}}\n", id
        if (id % 1000 == 0 || id == last)
          printf "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"nums\"},\"stream_state\":{\"id\":%d}}}}\n", id
      }
    }'
    ;;
esac
