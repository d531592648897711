package importers

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// co2Keys are the keys of co2_eq_emissions, the block of metadata in which cards at Hugging Face state emissions.
var co2Keys = []string{"emissions", "source", "training_type", "geographical_location", "hardware_used"}

// emissions lists the emissions of the block, which are of no use, with a further reason if there is one; it returns what it listed them as, and lists nothing without a reason.
func (c *card) emissions(why string) foreign.Left {
	l := foreign.Left{Place: c.co2.Place, What: "co2_eq_emissions"}
	if text := c.co2Text("emissions"); text != "" {
		l.What += " " + text + " g CO2e"
	}
	if text := c.co2Text("source"); text != "" {
		l.What += " (" + text + ")"
	}
	if why != "" {
		l.Why = noEnergy + "; they " + why
		c.drop(l)
	}
	return l
}

// co2Text is a text of the block; a bare number is its emissions.
func (c *card) co2Text(key string) string {
	n := c.co2
	if n.Kind == document.Map {
		n = n.Get(key)
	} else if key != "emissions" {
		return ""
	}
	if n == nil || n.Kind != document.Scalar {
		return ""
	}
	return strings.TrimSpace(n.Text)
}

// fillGaps fills what the card's only entry does not say from the block.
func (c *card) fillGaps(r *row) {
	l := c.emissions("")
	l.Why = noEnergy
	c.drop(l)
	for _, f := range c.co2.Fields {
		if !slices.Contains(co2Keys, f.Key) {
			c.unknown(c.co2, f, co2Keys)
		}
	}
	if r.hasColumn("phase") && !r.has("phase") {
		if phase, ok := c.meaning("phase", strings.ToLower(c.co2Text("training_type"))); ok {
			r.text("phase", phase.Is)
			r.assume("phase: that of the card's emissions")
		}
	}
	if text := c.co2Text("hardware_used"); text != "" && !r.has("hardware_id") {
		if count := r.hardware(text); count > 0 && !r.has("device_count") {
			r.number("device_count", count)
		}
	}
	if text := c.co2Text("geographical_location"); text != "" && !r.has("region") {
		if code, ok := placeInWords(text); ok {
			r.region(code, "published")
		} else {
			r.refuse("region", text, "the registry of regions does not know it")
		}
	}
}

// placeInWords is the region of a place as people write it: France; Quebec, Canada. Of several parts the last has to be known, and an earlier one that lies within it is more
// exact: Georgia, USA is not the country of that name.
func placeInWords(text string) (string, bool) {
	regions := names.Regions()
	if code, ok := regions.Canonical(text); ok {
		return code, true
	}
	parts := strings.Split(text, ",")
	whole, ok := regions.Canonical(strings.TrimSpace(parts[len(parts)-1]))
	if !ok {
		return "", false
	}
	for _, part := range parts[:len(parts)-1] {
		if code, ok := regions.Canonical(strings.TrimSpace(part)); ok && code != whole && regions.Within(code, whole) {
			return code, true
		}
	}
	return whole, true
}
