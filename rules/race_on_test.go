//go:build race

package rules

// underRace reports whether the race detector watches, which takes its own time and memory.
const underRace = true
