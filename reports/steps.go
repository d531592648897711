package reports

import (
	"slices"
	"strings"
)

// world is the region code of the whole world.
const world = "WOR"

// kinds are what tells figures of electricity apart.
var kinds = []string{"flow", "point", "scope", "margin"}

// steps puts the ledger's account of a fallback into plain words: "year 2024 -> 2023, region FRA -> WOR" becomes "value of 2023 used
// for 2024, world value used for FRA". A text of another form is returned as it is.
func (w *wording) steps(detail string) string {
	parts := strings.Split(detail, ", ")
	for i, part := range parts {
		what, change, ok := strings.Cut(part, " ")
		asked, taken, arrow := strings.Cut(change, " -> ")
		if !ok || !arrow {
			return detail
		}
		if taken == "0" { // of a year: none is stated
			taken = ""
		}
		switch {
		case what == "year" && asked != "" && taken != "":
			parts[i] = w.say("step_used", taken, asked)
		case what == "year" && asked != "":
			parts[i] = w.say("step_no_year", asked)
		case what == "region" && taken == world && asked != "":
			parts[i] = w.say("step_world", asked)
		case what == "region" && taken == world:
			parts[i] = w.say("step_world_none")
		case what == "region" && asked != "" && taken != "":
			parts[i] = w.say("step_used", taken, asked)
		case what == "region" && asked != "":
			parts[i] = w.say("step_no_region", asked)
		case what == "technology" && asked != "" && taken != "":
			parts[i] = w.say("step_used", taken, asked)
		case what == "technology" && asked != "":
			parts[i] = w.say("step_no_technology", asked)
		case slices.Contains(kinds, what) && asked != "" && taken != "":
			parts[i] = w.say("step_kind", lower(w.humanise(taken)), w.named(what), lower(w.humanise(asked)))
		default:
			return detail
		}
	}
	return strings.Join(parts, ", ")
}
