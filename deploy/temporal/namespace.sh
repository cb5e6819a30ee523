#!/bin/sh
# Makes a namespace of Temporal with what TinyScheduler needs in it. It can be run again, and changes nothing then.
# Usage: namespace.sh NAMESPACE. Needs the Temporal CLI, and TEMPORAL_ADDRESS.
set -eu
namespace=$1

# Ended runs are looked at for a week: `runs`, `report`, the page's history.
temporal operator namespace describe --namespace "$namespace" > /dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention 168h

# Without these no run can be started. A namespace that is new is not known to every service at once.
attributes() {
  temporal operator search-attribute create --namespace "$namespace" --type Keyword \
    --name Agent --name Pool --name Queue --name TaskId --name Phase
}
tries=0
until attributes; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || exit 1
  sleep 1
done
