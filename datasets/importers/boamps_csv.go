package importers

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// boampsCSV reads reports in the flattened form: a column is named by the keys that lead to its value, and by the numbers of entries, with underscores between.
func (j *job) boampsCSV() {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("task_taskStage", "measures_0_powerConsumption") {
		return
	}
	for c.Next() {
		j.record()
		l := c.Left("report", "")
		tree := map[string]any{}
		holds := true
		for _, column := range c.Columns() {
			text := c.Text(column)
			path := strings.Split(column, "_")
			part := boampsSchema().at(path)
			if text == "" || part == nil || part.Types == nil {
				continue
			}
			var v any = text
			if types := part.Types.ToStrings(); slices.Contains(types, "number") || slices.Contains(types, "integer") {
				n, ok := c.Number(column)
				if holds = holds && ok; !ok {
					continue
				}
				v = n
			}
			if !plant(tree, path, v) {
				j.probs.Add(c.Problem(diag.BadValue, column, "the column %q stands in no order: entries are numbered from 0, at most %d of them", column, maxListed))
				holds = false
			}
		}
		whole := asLists(tree)
		var report boampsReport
		at := func(path ...string) diag.Place { return c.At(strings.Join(path, "_")) }
		if !holds || !j.boampsHolds(whole, at) || !remade(whole, &report) {
			l.Why = boampsBroken
			j.leave(l)
			continue
		}
		j.boampsRows(&report, l, c.Rows())
	}
	j.boampsUnread(c)
}

// boampsUnread names the columns of which nothing is read.
func (j *job) boampsUnread(c *foreign.CSV) {
	known := columnsOf(j.format.Name).Ignored
	for _, column := range c.Columns() {
		var names []string
		for _, step := range strings.Split(column, "_") {
			if _, err := strconv.Atoi(step); err != nil {
				names = append(names, step)
			}
		}
		if name := strings.Join(names, "."); name != "" && !readsOf[boampsReport](names) {
			why := known[name]
			if why == "" {
				why = "this format has no use for it"
			}
			j.columns = append(j.columns, foreign.Plain(column))
			j.to.Left(Left{foreign.Left{Place: c.Header(), What: foreign.Plain(column), Why: why}, Column})
		}
	}
}

// maxListed bounds how many entries a list in flattened form has.
const maxListed = 1000

// plant puts a value where a path leads; false where a list has another number than it can.
func plant(tree map[string]any, path []string, v any) bool {
	for i, step := range path {
		if n, err := strconv.Atoi(step); err == nil && (n < 0 || n >= maxListed || strconv.Itoa(n) != step) {
			return false
		}
		if i == len(path)-1 {
			tree[step] = v
			return true
		}
		next, ok := tree[step].(map[string]any)
		if !ok {
			if tree[step] != nil {
				return false
			}
			next = map[string]any{}
			tree[step] = next
		}
		tree = next
	}
	return false
}

// asLists makes lists of objects whose keys are all numbers. Numbers that are left out are nobody's.
func asLists(v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	var numbers []int
	for key := range object {
		object[key] = asLists(object[key])
		if n, err := strconv.Atoi(key); err == nil {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 || len(numbers) < len(object) {
		return object
	}
	slices.Sort(numbers)
	list := make([]any, len(numbers))
	for i, n := range numbers {
		list[i] = object[strconv.Itoa(n)]
	}
	return list
}

// remade reads a value that holds to the schema into a struct.
func remade(v any, into *boampsReport) bool {
	text, err := json.Marshal(v)
	return err == nil && json.Unmarshal(text, into) == nil
}
