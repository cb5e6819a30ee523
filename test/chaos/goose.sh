#!/bin/sh
# Stands where goose is looked for: the real goose ($CHAOS_GOOSE) for some agents, misbehaving stubs for the others.
# Whatever a stub starts carries its run, agent, task and folder in its command line, so that `ps` tells whose it is.
case "$1 $2" in
  'run --help') echo '--recipe --output-format stream-json'; exit 0 ;;
  'recipe validate') exit 0 ;;
esac

for argument; do
  case $argument in
    agent=*) agent=${argument#agent=} ;;
    task_id=*) task=${argument#task_id=} ;;
    base_path=*) base=${argument#base_path=} ;;
  esac
done
case $agent in
  gus | gil | hank | scribe | cutter) exec "$CHAOS_GOOSE" "$@" ;;
esac

mark="chaos-child:$TINYSCHEDULER_RUN_TOKEN:$agent:$task:$base"
seconds=$((2 + task % 4))

message() {
  echo "{\"type\":\"message\",\"message\":{\"id\":\"a\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"all good\"}],\"metadata\":{$1}}}"
}
# What the observer holds a task's `complete` against; written before the answer, never without one to follow.
answer() {
  echo "$agent" >>"$base/evidence/$task"
  message '"inference":{"provider":"stub"}'
  echo '{"type":"complete","total_tokens":3,"input_tokens":2,"output_tokens":1}'
}

case $agent in
  forker) # starts new children all the time, and leaves them behind
    for _ in 1 2 3; do
      sh -c 'while :; do sh -c "sleep 0.4; :" "$0"; done' "$mark" >/dev/null 2>&1 &
    done
    sleep "$seconds"
    answer
    ;;
  stubborn) # takes no notice of TERM, nor does its child; every third task hangs
    trap '' TERM
    sh -c "trap '' TERM; while :; do sleep 0.5; done" "$mark" &
    while [ $((task % 3)) = 0 ]; do sleep 1; done
    sleep "$seconds"
    answer
    ;;
  leaver) # a child of it leaves group, session and parent at once
    sh -c 'setsid sh -c "while :; do sleep 0.5; done" "$0" >/dev/null 2>&1 </dev/null &' "$mark"
    sleep "$seconds"
    answer
    ;;
  loud) # prints 50 MB
    sleep "$seconds"
    yes 'not json at all, just noise' | head -c 50000000
    echo
    answer
    ;;
  liar) # exits with 0, and has done nothing
    sleep "$seconds"
    case $((task % 3)) in
      0) message '"userVisible":true' ;;
      1) message '"inference":{"provider":"stub"},"outputTokenLimitReached":true' ;;
    esac
    ;;
esac
