package importers

import (
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var epochClusters = Format{
	Name:  "epoch-clusters",
	Title: "Epoch AI, Data on GPU Clusters: gpu_clusters.csv, one row a cluster or a phase of one",
	Doc: `gpu_clusters.csv of Epoch AI (epoch.ai/data/gpu-clusters, CC BY 4.0), one row a cluster or a phase of one. Each type of chip is a row of the fleet: the primary one, and the
secondary one where it has a type and a number of its own.

count is Chip quantity, in_service First Operational Date, which is the middle of the month or quarter where the source knows no more (its note stands in the assumption); of
planned clusters it is the last day of the planned period. The number of a phase that builds upon another record holds the devices of the phase before: where that one is in the
fleet with the same type of chip, count is what the phase adds to it, from its own first day on, and a phase that adds nothing is left out; --later-phases keeps the whole
number. A phase of another type of chip counts whole. retired is Decommissioned Date; of a month alone it is its last day. region is Country, which is here the country of the cluster. owner is the first named Owner. scope is volume;
quality is reported of confirmed clusters and modelled of likely ones. Short names of chips are read as epoch-models reads them.

Left out: records that stand in the file twice, word for word. Planned clusters, unless --planned; they enter no result then either. Those that Epoch AI flags as a possible
duplicate of another, unless --possible-duplicates. Those that it rates as unlikely, unless --unlikely. Clusters without a type of chip, a number or a first day: devices that are not known, H100 equivalents among
them, are no devices. Power is not read: it is not the fleet's but of its use, and mostly computed from the chips.`,
	Kinds: []string{"fleet"},
	With: []Extra{
		{"planned", "clusters that are planned; they enter no result"},
		{"possible-duplicates", "clusters that the source flags as possibly another one's duplicate"},
		{"unlikely", "clusters that the source rates as unlikely"},
		{"later-phases", "the whole number of phases that build upon another record, with the devices of the phase before"},
	},
	read: readEpochClusters,
}

func readEpochClusters(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("Name", "Status", "Chip type (primary)", "Chip quantity (primary)", "First Operational Date") {
		return
	}
	phases := epochPhasesBefore(j)
	columns := c.Columns()
	seen := map[[sha256.Size]byte]bool{}
	for c.Next() {
		j.record()
		l := c.Left(c.Text("Name"), "")
		all := sha256.New()
		for i := range columns {
			all.Write([]byte(c.TextAt(i) + "\x00"))
		}
		record := [sha256.Size]byte(all.Sum(nil))
		again := seen[record]
		if len(seen) < maxIDs {
			seen[record] = true
		}
		if again {
			l.Why = "stands in the file twice, word for word"
		} else {
			l.Why = epochStatus(j, c)
		}
		if l.Why != "" {
			j.leave(l)
			continue
		}
		epochChips(j, c, l, phases[epochPhase(c.Text("Builds Upon"))])
	}
	j.unread(c)
}

// epochStatus says why a cluster does not belong into a fleet, or not unless it is asked for.
func epochStatus(j *job, c *foreign.CSV) string {
	switch {
	case c.Text("Name") == "":
		return "no name"
	case c.Text("Exclude") != "" && c.Text("Exclude") != "False":
		return "the source excludes it"
	case c.Text("Status") == "Planned" && !j.asked("planned"):
		return "planned (--planned takes it)"
	case c.Text("Possible Duplicate") == "True" && !j.asked("possible-duplicates"):
		return "the source flags it as a possible duplicate (--possible-duplicates takes it)"
	case c.Text("Certainty") == "Unlikely" && !j.asked("unlikely"):
		return "the source rates it as unlikely (--unlikely takes it)"
	}
	return ""
}

// epochBefore is how many chips of each type a record has that is in the fleet; nil of one that is not.
type epochBefore map[string]float64

// of is how many it has of a type. Of names of which one goes on where the other ends, NVIDIA V100 and NVIDIA V100 SXM2, both are taken for the same.
func (b epochBefore) of(kind string) float64 {
	n := 0.0
	for _, name := range sortedKeys(b) {
		if strings.HasPrefix(name, kind) || strings.HasPrefix(kind, name) {
			n = max(n, b[name])
		}
	}
	return n
}

// epochPhasesBefore reads the file once ahead: a phase may stand before the one that it builds upon.
func epochPhasesBefore(j *job) map[string]epochBefore {
	c := j.csvAhead()
	out := map[string]epochBefore{}
	for c != nil && c.Next() && len(out) < maxIDs {
		if epochStatus(j, c) != "" || c.Text("First Operational Date") == "" {
			continue
		}
		b := epochBefore{}
		for _, chips := range []string{"primary", "secondary"} {
			if kind := c.Text("Chip type (" + chips + ")"); kind != "" {
				b[kind], _ = c.Number("Chip quantity (" + chips + ")")
			}
		}
		out[epochPhase(c.Text("Name"))] = b
	}
	return out
}

// epochPhase is a record's name as others refer to it.
func epochPhase(name string) string { return foreign.Plain(strings.Trim(name, `"`)) }

// countText writes a number of devices.
func countText(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// epochChips makes a row of each type of chip of a cluster. The record is used where one of them gives a row, and the other is listed.
func epochChips(j *job, c *foreign.CSV, l foreign.Left, before epochBefore) {
	var left []foreign.Left
	used := false
	for _, chips := range []string{"primary", "secondary"} {
		kind, count := c.Text("Chip type ("+chips+")"), c.Text("Chip quantity ("+chips+")")
		if chips == "secondary" && kind == "" && count == "" {
			continue
		}
		r := j.rows.next()
		why := r.epochCluster(c, chips, before)
		if why == "" {
			why = r.deliver(j, l, c.Rows())
		}
		if why == "" {
			used = true
			continue
		}
		left = append(left, foreign.Left{Place: l.Place, What: strings.Join([]string{l.What, chips, kind, count}, " "), Why: why})
	}
	if !used {
		l.Why = left[0].Why
		j.leave(l)
		return
	}
	j.use(1)
	for _, x := range left {
		j.drop(x)
	}
}

// epochCluster fills the row of a cluster's primary or secondary chips, and says why there is none.
func (r *row) epochCluster(c *foreign.CSV, chips string, before epochBefore) (why string) {
	name, kind := c.Text("Name"), c.Text("Chip type ("+chips+")")
	count, counted := c.Number("Chip quantity (" + chips + ")")
	switch {
	case kind == "":
		return "no type of chip"
	case !counted || count <= 0:
		return "no number of chips"
	case !r.epochInService(c):
		return "no first day in service"
	case len(epochList(kind)) > 1, chips == "primary" && c.Text("Chip type (secondary)") != "" && c.Text("Chip quantity (secondary)") == "":
		return "several types of chip, and not how many of each"
	case !r.epochHardware(kind):
		return "the type of chip is not certain (--choose says what a name means)"
	}
	if n := before.of(kind); n > 0 && !r.d.asked("later-phases") {
		if n >= count {
			return "adds no device to the phase that it builds upon"
		}
		r.assume("count: %s of the phase less the %s of the phase before", countText(count), countText(n))
		count -= n
	}
	id := strings.ReplaceAll(asID(name), ".", "-")
	if chips == "secondary" {
		id += "-secondary"
	}
	r.d.unique(r, "fleet_id", id)
	r.number("count", count)
	r.text("count_basis", "installed")
	switch c.Text("Status") {
	case "Planned":
		r.text("count_basis", "planned")
	case "Decommissioned":
		r.epochRetired(c.Text("Decommissioned Date (if applicable)"))
	}
	r.epochOrganisation("owner", c.Text("Owner"))
	switch countries := epochList(c.Text("Country")); len(countries) {
	case 0:
	case 1:
		if !r.region(countries[0], "published") {
			r.refuse("region", countries[0], "the registry of regions does not know it")
		}
	default:
		r.refuse("region", c.Text("Country"), "several countries, and not how many devices are in each")
	}
	r.text("scope", "volume")
	r.text("quality", "reported")
	if certainty := c.Text("Certainty"); certainty != "Confirmed" {
		r.text("quality", "modelled")
		r.assume("the source rates the cluster as %s", strings.ToLower(certainty))
	}
	if single := c.Text("Single cluster?"); single != "" && single != "Yes" {
		r.assume("a single cluster: %s", strings.ToLower(single))
	}
	for _, flag := range []struct{ column, says string }{
		{"Possible Duplicate Of", "may be the same as %s"},
		{"Builds Upon", "builds upon %s"},
	} {
		if of := c.Text(flag.column); of != "" {
			r.assume(flag.says, of)
		}
	}
	r.epochSource("Epoch AI, Data on GPU Clusters (online since 2025), cluster "+foreign.Plain(name), "https://epoch.ai/data/gpu-clusters")
	return ""
}

// epochInService fills the first day in service. Of a planned cluster it is the last day of the period that is planned, which stands in the note alone.
func (r *row) epochInService(c *foreign.CSV) bool {
	day, note := c.Text("First Operational Date"), foreign.Plain(c.Text("First Operational Date Note"))
	if day == "" && c.Text("Status") == "Planned" {
		end, ok := plannedEnd(strings.TrimSpace(strings.TrimPrefix(note, "Planned")))
		if !ok {
			return false
		}
		r.date("in_service", end)
		r.assume("the source says %q: the last day of that is taken", note)
		return true
	}
	r.epochDate("in_service", day)
	if note != "" && note != day {
		r.assume("first day in service: the source notes %q", note)
	}
	return day != ""
}

// plannedEnd is the last day of a year, a half or a quarter of one, a month, or a day.
func plannedEnd(text string) (end time.Time, ok bool) {
	if t, err := time.Parse("2006-01", text); err == nil {
		return t.AddDate(0, 1, -1), true
	}
	part, year, parted := strings.Cut(text, " ")
	if !parted {
		part, year = "H2", part
	}
	months := map[string]int{"H1": 6, "H2": 12, "Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}[part]
	if t, err := time.Parse("2006", year); err == nil && months > 0 {
		return t.AddDate(0, months, -1), true
	}
	return instant(text)
}

// epochRetired fills retired from a day or a month.
func (r *row) epochRetired(text string) {
	if month, err := time.Parse("2006-01", text); err == nil {
		r.date("retired", month.AddDate(0, 1, -1))
		r.assume("last day in service: the source says %s", text)
		return
	}
	if text == "" {
		r.assume("decommissioned, and the day is not known")
		return
	}
	r.epochDate("retired", text)
}
