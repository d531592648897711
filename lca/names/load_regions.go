package names

import (
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

var regionColumns = []string{"code", "name", "kind", "parent", "aliases"}

// LoadRegions reads a table of regions: CSV with the columns code, name, kind, parent, aliases; aliases are separated by semicolons.
// It adds to probs every code, name or alias that stands for two regions, every parent that is not in the table and every circle of
// parents; the table returned is only to be used where there was none.
func LoadRegions(file string, text []byte, probs *diag.List) *RegionTable {
	t := &RegionTable{byCode: map[string]int{}, byName: map[string]int{}}
	var lines []int
	header := func(r row) bool {
		lines = append(lines, r.at[0].Line)
		got, want := strings.Join(r.fields, ","), strings.Join(regionColumns, ",")
		if got != want {
			probs.Errorf(diag.MissingColumn, diag.Place{File: file, Line: r.at[0].Line}, "the columns are %s, expected %s", got, want)
		}
		return got == want
	}
	readRows(file, text, len(regionColumns), probs, header, func(r row) {
		lines = append(lines, r.at[0].Line)
		f := r.fields
		t.add(Region{Code: f[0], Name: f[1], Kind: f[2], Parent: f[3], Aliases: split(f[4])}, file, lines, probs)
	})
	t.checkParents(file, lines, probs)
	return t
}

// add appends a region; lines holds the line of the header and of every region so far, this one's last.
func (t *RegionTable) add(r Region, file string, lines []int, probs *diag.List) {
	at := diag.Place{File: file, Line: lines[len(lines)-1]}
	for i, v := range []string{r.Code, r.Name, r.Kind} {
		if v == "" {
			probs.Errorf(diag.MissingValue, at, "the region has no %s", regionColumns[i])
		}
	}
	n := len(t.regions)
	t.regions = append(t.regions, r)
	if first, ok := t.byCode[r.Code]; ok {
		probs.Errorf(diag.DuplicateID, at, "the code %s stands also in line %d", r.Code, lines[first+1])
	} else {
		t.byCode[r.Code] = n
	}
	for _, name := range append([]string{r.Code, r.Name}, r.Aliases...) {
		name = fold(name)
		if first, ok := t.byName[name]; ok {
			if first != n && t.regions[first].Code != r.Code {
				probs.Errorf(diag.DuplicateName, at, "%q means %s and, in line %d, %s", name, r.Code, lines[first+1], t.regions[first].Code)
			}
			continue
		}
		t.byName[name] = n
	}
}

func (t *RegionTable) checkParents(file string, lines []int, probs *diag.List) {
	for i, r := range t.regions {
		at := diag.Place{File: file, Line: lines[i+1]}
		if r.Parent == "" {
			if r.Code != World {
				probs.Errorf(diag.MissingValue, at, "%s is part of no region; only the world (%s) is", r.Code, World)
			}
			continue
		}
		if !t.known(r.Parent) {
			p := diag.Problem{Code: diag.UnknownReference, Place: at, Message: fmt.Sprintf("%s is part of %q, which is not in the table", r.Code, r.Parent)}
			if near := diag.Nearest(r.Parent, t.Codes()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			probs.Add(p)
			continue
		}
		code, ok := r.Code, true
		for steps := 0; ok; steps++ {
			if steps > len(t.regions) {
				probs.Errorf(diag.Cycle, at, "the parents of %s go round in a circle", r.Code)
				break
			}
			code, ok = t.Parent(code)
		}
	}
}
