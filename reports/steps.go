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
func steps(detail string) string {
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
			parts[i] = "value of " + taken + " used for " + asked
		case what == "year" && asked != "":
			parts[i] = "value of no stated year used for " + asked
		case what == "region" && taken == world && asked != "":
			parts[i] = "world value used for " + asked
		case what == "region" && taken == world:
			parts[i] = "world value used where no region is stated"
		case what == "region" && asked != "" && taken != "":
			parts[i] = "value of " + taken + " used for " + asked
		case what == "region" && asked != "":
			parts[i] = "value of no stated region used for " + asked
		case what == "technology" && asked != "" && taken != "":
			parts[i] = "value of " + taken + " used for " + asked
		case what == "technology" && asked != "":
			parts[i] = "value of no stated technology used for " + asked
		case slices.Contains(kinds, what) && asked != "" && taken != "":
			parts[i] = lower(humanise(taken)) + " " + what + " used for " + lower(humanise(asked))
		default:
			return detail
		}
	}
	return strings.Join(parts, ", ")
}
