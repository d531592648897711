package merge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

type field = datasets.Field

// merge decides for each id which statements stand, which of them counts, and what ids they get.
func (k *kindMerge) merge() {
	for _, s := range k.statements {
		if s.published != "" {
			k.published[s.published] = s
		}
	}
	for _, s := range k.fixed {
		k.published[s.published] = s
		s.name = s.published
		k.say(s, Kept, nil, "a sum of the base")
	}
	for from, group := range grouped(k.nameless) {
		c := Change{Kind: k.kind.Name, Action: Kept, Rows: int64(len(group)), Reason: "rows without an id"}
		if from != nil {
			c.Action, c.Submission = Added, from.Digest
		}
		k.changes = append(k.changes, c)
	}
	for _, id := range slices.Sorted(maps.Keys(k.groups)) {
		k.group(id, k.groups[id])
	}
}

// grouped parts statements by their submission.
func grouped(all []*statement) map[*Origin][]*statement {
	out := map[*Origin][]*statement{}
	for _, s := range all {
		out[s.origin] = append(out[s.origin], s)
	}
	return out
}

// group merges the statements of one id.
func (k *kindMerge) group(id string, all []*statement) {
	slices.SortStableFunc(all, func(a, b *statement) int {
		return cmp.Or(strings.Compare(a.origin.Date, b.origin.Date), order(a.corrects, b.corrects), a.origin.before(b.origin))
	})
	last := map[string]*statement{} // of each contributor
	stands := map[*statement]*statement{}
	var contributors []string
	for _, s := range all {
		before := last[s.identity]
		if before == nil {
			contributors = append(contributors, s.identity)
			last[s.identity] = s
			k.unmet(s)
			continue
		}
		if next := k.follow(before, s); next == s {
			last[s.identity] = s
			stands[before] = s
		} else {
			stands[s] = before
		}
	}
	var chosen []*statement
	for _, c := range contributors {
		chosen = append(chosen, last[c])
	}
	const left = "another row of the same id counts, of another contributor"
	slices.SortStableFunc(chosen, k.prefer)
	var kept []*statement
	for _, s := range chosen {
		at := slices.IndexFunc(kept, func(o *statement) bool { return len(k.differ(o, s, k.values)) == 0 })
		switch {
		case at >= 0:
			stands[s] = kept[at]
			k.inherit(kept[at], s)
			if s.confidential { // that the values are the same would tell them to whoever guessed them
				k.left[left]++
				continue
			}
			k.duplicate(s, kept[at])
		case s.confidential && len(kept) > 0:
			stands[s] = kept[0]
			k.left[left]++
			k.probs.Add(diag.Problem{Code: diag.DuplicateID, Severity: diag.Warning, Place: k.place(s, k.at.id), Message: fmt.Sprintf("the confidential row %q enters no sum: another contributor's row has its id and counts", id),
				Hint: "where they are two activities, their ids must differ: ask the contributors"})
		default:
			kept = append(kept, s)
		}
	}
	k.name(id, kept)
	for _, c := range contributors {
		s := last[c]
		if by := stands[s]; by != nil {
			s = by
		}
		if k.standing[c] == nil {
			k.standing[c] = map[string]*statement{}
		}
		k.standing[c][id] = s
	}
}

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// prefer orders statements of several contributors: the first counts.
func (k *kindMerge) prefer(a, b *statement) int {
	if c := order(a.confidential, b.confidential); c != 0 {
		return c
	}
	for p := range k.kind.Merge.Prefer {
		if c := cmp.Compare(k.rank(a, p), k.rank(b, p)); c != 0 {
			return c
		}
	}
	return a.order().before(b.order())
}

// why says what made a statement come before another.
func (k *kindMerge) why(first, second *statement) string {
	for i, p := range k.kind.Merge.Prefer {
		if k.rank(first, i) != k.rank(second, i) {
			f := slices.IndexFunc(k.kind.Columns, func(c field) bool { return c.Name == p.Column })
			return fmt.Sprintf("%s %s is preferred to %s", p.Column, cmp.Or(first.text(f), "(missing)"), cmp.Or(second.text(f), "(missing)"))
		}
	}
	if first.since != nil {
		return "the row that it corrects is of the earlier submission"
	}
	return "it is of the earlier submission"
}

// unmet looks at a first statement that is declared to be a correction.
func (k *kindMerge) unmet(s *statement) {
	switch {
	case s.origin.based || !s.corrects:
	case k.version.BaseDigest != "" && (s.confidential || len(k.fixed) > 0): // the earlier row may have been confidential where this one is not
		k.probs.Add(diag.Problem{Code: diag.Refused, Place: k.place(s, k.at.id), Message: fmt.Sprintf("the row %q is declared to be a correction, and the base shows no row that it puts right", s.id),
			Why: "the row that it puts right may be within a sum of the base, which does not say so: both would be counted", Hint: "make the version anew from all submissions, without the base"})
	default:
		k.probs.Add(diag.Problem{Code: diag.UnknownReference, Severity: diag.Warning, Place: k.place(s, k.at.id), Message: fmt.Sprintf("%q is declared to be a correction, and the contributor has no earlier row of this id here: it is added", s.id)})
	}
}

// follow decides which of two successive statements of one contributor stands.
func (k *kindMerge) follow(before, s *statement) *statement {
	if s.corrects && before.corrects && before.origin.Date == s.origin.Date {
		k.probs.Add(diag.Problem{Code: diag.DuplicateID, Place: k.place(s, k.at.id), Message: fmt.Sprintf("two submissions of %s correct the row %q", s.origin.Date, s.id), Hint: "which one is the later only their dates can tell"})
		return before
	}
	values := k.differ(before, s, k.values)
	provenance := k.differ(before, s, k.at.provenance)
	switch {
	case len(values) == 0 && (len(provenance) == 0 || !s.corrects):
		if k.prefer(s, before) < 0 {
			k.inherit(s, before)
			s.succeed(before)
			k.duplicate(before, s)
			return s
		}
		before.succeed(s)
		k.duplicate(s, before)
		return before
	case !s.corrects:
		k.probs.Add(diag.Problem{Code: diag.DuplicateID, Place: k.place(s, k.at.id),
			Message: fmt.Sprintf("the row %q is not the one that the same contributor handed in before: it differs in %s", s.id, strings.Join(k.names(values), ", ")),
			Why:     fmt.Sprintf("the earlier one is %s row %d, of the submission %q of %s; nothing is overwritten in silence", before.shown, before.number, before.origin.Title, before.origin.Date),
			Hint:    fmt.Sprintf("where this one is right, declare it in its submission: corrects: [%s]; where both are, give it an id of its own", s.id)})
		return before
	}
	k.correct(before, s, slices.Concat(values, provenance))
	return s
}

// inherit gives a statement the published id of one that it stands for.
func (k *kindMerge) inherit(s, from *statement) {
	if from.published == "" || s.published == from.id {
		return
	}
	if s.published == "" || from.published == from.id {
		s.published = from.published
		k.published[s.published] = s
	}
}

// correct lets a statement take the place of an earlier one, in the order too: who corrects a row does not lose its place to another contributor.
func (k *kindMerge) correct(before, s *statement, columns []int) {
	k.inherit(s, before)
	s.succeed(before)
	switch {
	case before.confidential:
		k.left["a correction takes its place"]++
	default:
		reason := "a correction takes its place"
		if s.confidential {
			k.say(before, Replaced, nil, "its contributor has put a confidential row in its place")
			return
		}
		k.say(before, Replaced, s, reason)
	}
	if s.confidential || before.confidential {
		return
	}
	for _, i := range columns {
		f := &k.kind.Columns[i]
		k.changes = append(k.changes, Change{Kind: k.kind.Name, row: s, Action: Value, Submission: s.origin.Digest, Other: before.origin.Digest, Column: f.Name,
			Old: show(f, k.stated(before, i)), New: show(f, k.stated(s, i)), Reason: string(Corrected)})
	}
	s.corrected = before
}

// duplicate lists a statement for which another stands.
func (k *kindMerge) duplicate(s, of *statement) {
	if s.confidential {
		k.left["the same values stand in another row of the same id"]++
		return
	}
	provenance := k.names(k.differ(s, of, k.at.provenance))
	reason := "the same in all columns but the origin"
	if len(provenance) > 0 {
		reason = "the same values with another provenance: " + strings.Join(provenance, ", ")
	}
	k.say(s, Duplicate, of, reason)
}

// name gives ids to the statements that are kept, the first by preference at the head.
func (k *kindMerge) name(id string, kept []*statement) {
	var public []*statement
	for _, s := range kept {
		if s.confidential {
			k.sumsLeft = append(k.sumsLeft, s) // it is alone: behind a public one it would have been left
			continue
		}
		public = append(public, s)
	}
	if len(public) == 0 {
		return
	}
	holder := public[0]
	for _, s := range public {
		if s.published == id {
			holder = s
		}
	}
	for _, s := range public {
		switch {
		case s.published != "":
			s.name = s.published
		case s == holder && k.published[id] == nil:
			s.name = id
		default:
			s.name = k.free(id, s.origin.Digest)
		}
		k.published[s.name] = s
	}
	first := public[0]
	for _, s := range public {
		if s != first && s.text(k.at.alternativeTo) == "" || s.ruled {
			s.other = ""
			if s != first {
				s.other = first.name
			}
		}
	}
}

// free is an id for a statement whose own is taken.
func (k *kindMerge) free(id, digest string) string {
	for n := 8; n < len(digest); n++ {
		if name := id + "~" + digest[:n]; k.published[name] == nil && k.groups[name] == nil {
			return name
		}
	}
	return id + "~" + digest
}

// refer lets references follow rows that got other ids, refuses those that lead nowhere, and says what became of each row that stands.
func (k *kindMerge) refer(kinds []*kindMerge) {
	named := k.named()
	for _, s := range slices.Concat(named, k.nameless) {
		for _, i := range k.references {
			if i == k.at.alternativeTo && (s.other != "" || s.ruled) {
				s.put(i, textCell(s.other))
				continue
			}
			to := k.stated(s, i).text
			if to == "" {
				continue
			}
			if own := k.standing[s.identity][to]; own != nil {
				if own.name == "" { // confidential
					p := diag.Problem{Code: diag.UnknownReference, Place: k.place(s, i), Message: fmt.Sprintf("the row names %q, which is confidential now", to), Hint: "whoever reads it would learn of that row: its contributor must take the name out in a correction"}
					k.probs.Add(p)
					continue
				}
				to = own.name
			}
			if k.published[to] == nil || k.published[to].name != to {
				k.probs.Add(diag.Problem{Code: diag.UnknownReference, Place: k.place(s, i), Message: fmt.Sprintf("no row of %s in this version has the id %q", k.kind.Name, to), Why: "what the row refers to cannot be taken into account", Hint: "name the submission, or the base, that holds it"})
				continue
			}
			if to != s.text(i) {
				s.put(i, textCell(to))
			}
		}
	}
	for _, s := range named {
		if s.origin != nil {
			k.tell(s)
		}
	}
	k.tellNameless()
	k.resolve(kinds, slices.Concat(named, k.nameless))
}

// named lists the rows that stand and have an id, by id.
func (k *kindMerge) named() []*statement {
	var out []*statement
	for _, id := range slices.Sorted(maps.Keys(k.published)) {
		if s := k.published[id]; s.name == id {
			out = append(out, s)
		}
	}
	return out
}

// tell says what became of a row that stands.
func (k *kindMerge) tell(s *statement) {
	switch first := k.published[s.other]; {
	case s.corrected != nil:
		k.say(s, Corrected, s.corrected, "declared as a correction")
	case s.origin.based:
		k.say(s, Kept, nil, "")
	case first != nil:
		k.say(s, Conflict, first, "stated otherwise by another contributor, whose row counts: "+k.why(first, s))
		for _, i := range k.differ(first, s, k.values) {
			f := &k.kind.Columns[i]
			k.changes = append(k.changes, Change{Kind: k.kind.Name, row: s, Action: Value, Submission: s.origin.Digest, Other: first.origin.Digest, Column: f.Name,
				Old: show(f, k.stated(first, i)), New: show(f, k.stated(s, i)), Reason: "conflict"})
		}
	default:
		k.say(s, Added, nil, "")
	}
	k.tellReferences(s)
}

// tellReferences says which references of a row are not those that it came with, or that the base has under its id.
func (k *kindMerge) tellReferences(s *statement) {
	for _, i := range k.references {
		c := Change{Kind: k.kind.Name, row: s, Action: Value, Submission: s.origin.Digest, Column: k.kind.Columns[i].Name, Old: s.read(i).text, New: s.text(i), Reason: renamed}
		told := c.Old == c.New
		if i == k.at.alternativeTo {
			was, ruled := k.ruled[s.published]
			switch {
			case s.other != "":
				if ruled {
					c.Old = was
				}
				c.Reason = "a statement of another contributor counts: " + k.why(k.published[s.other], s)
				if c.Old == "" {
					c.Counts = -1
				}
				told = s.corrected == nil && (c.Old == c.New || c.Old == "" && !s.origin.based) // nothing has changed, or the line of the conflict says so
			case ruled && c.New == "":
				c.Old, c.Reason, c.Counts, told = was, "this row counts now", 1, false
			}
		}
		if !told {
			k.changes = append(k.changes, c)
		}
	}
}

// renamed is why a reference has another id.
const renamed = "the row that it names has this id"

// tellNameless says which references of rows without an id are not those that they came with, once of all rows of a submission.
func (k *kindMerge) tellNameless() {
	told := map[Change]bool{}
	for _, s := range k.nameless {
		for _, i := range k.references {
			c := Change{Kind: k.kind.Name, Action: Value, Column: k.kind.Columns[i].Name, Old: s.read(i).text, New: s.text(i), Reason: renamed}
			if s.origin != nil {
				c.Submission = s.origin.Digest
			}
			if c.Old != c.New && !told[c] {
				told[c] = true
				k.changes = append(k.changes, c)
			}
		}
	}
}

// say adds what became of a row, and which other row had to do with it; nil for none.
func (k *kindMerge) say(s *statement, action Action, other *statement, reason string) {
	c := Change{Kind: k.kind.Name, Action: action, Rows: 1, Reason: reason, row: s, other: other}
	if s.origin != nil {
		c.Submission = s.origin.Digest
	}
	if other != nil && other.origin != nil {
		c.Other = other.origin.Digest
	}
	k.changes = append(k.changes, c)
}

// resolve warns of references to a catalogue that has no such row.
func (k *kindMerge) resolve(kinds []*kindMerge, rows []*statement) {
	lost := map[string]bool{}
	for _, to := range kinds {
		if to == k || to.kind.Activity {
			continue
		}
		known := openIDs(to.kind)
		for i, f := range k.kind.Columns {
			if f.References != to.kind.Name {
				continue
			}
			for _, s := range rows {
				id := s.text(i)
				if id == "" || known.Has(id) || to.published[id] != nil || lost[id] {
					continue
				}
				lost[id] = true
				k.probs.Add(diag.Problem{Code: diag.UnknownReference, Severity: diag.Warning, Place: k.place(s, i), Message: fmt.Sprintf("neither this version nor the open edition has %q among %s", id, to.kind.Name),
					Hint: "a study that uses the row needs a catalogue that has it"})
			}
		}
	}
}
