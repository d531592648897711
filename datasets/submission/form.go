package submission

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// Form is what a contributor says of the data.
type Form struct {
	Title           string      `doc:"title"`
	Date            string      `doc:"date"` // YYYY-MM-DD: of two submissions the earlier one is that of the earlier date
	Contributor     Contributor `doc:"contributor"`
	Licence         string      `doc:"licence"` // SPDX identifier
	Measurement     Measurement `doc:"measurement"`
	Attestation     Attestation `doc:"attestation"`
	Confidentiality string      `doc:"confidentiality"` // wishes beyond the rows' own column
	Contact         string      `doc:"contact"`
	Corrects        []string    `doc:"corrects"` // ids whose rows take the place of earlier ones of the same contributor

	root  *document.Node    // nil where there is no file
	flags map[string]string // of each key that the command line gives the flag
}

// Contributor is who hands the data in.
type Contributor struct {
	Name        string `doc:"name"`
	ORCID       string `doc:"orcid"` // 0000-0002-1825-0097
	Affiliation string `doc:"affiliation"`
	Email       string `doc:"email"`
}

// Identity tells contributors apart: by ORCID where one is given, else by name, in whatever case and spacing.
func (c Contributor) Identity() string {
	if c.ORCID != "" {
		return "orcid:" + c.ORCID
	}
	return "name:" + strings.ToLower(strings.Join(strings.Fields(c.Name), " "))
}

// Measurement is how the figures came to be known.
type Measurement struct {
	Instrument string `doc:"instrument"`
	Boundary   string `doc:"boundary"`
	Sampling   string `doc:"sampling"`
	NotCovered string `doc:"not_covered"`
}

// Attestation is the contributor's word that the data may be published.
type Attestation struct {
	Statement string `doc:"statement"`
	Name      string `doc:"name"`
	Date      string `doc:"date"`
}

// Field is a line of the form.
type Field struct {
	Key  string // in the file, with dots: contributor.name
	Flag string // of the command line
	Doc  string
	// Needed says of a field that must be filled in what to write there; empty for one that may stay empty.
	Needed string
	Why    string

	of    func(*Form) *string
	check func(text string, o *Options) (message, hint string)
}

// Fields lists the form's lines in order, save for corrects, which is a list.
func Fields() []Field {
	return []Field{
		{Key: "title", Flag: "title", Doc: "what the data are, in one line", Needed: "what the data are, in one line",
			of: func(f *Form) *string { return &f.Title }, check: oneLine},
		{Key: "date", Flag: "date", Doc: "of the submission: YYYY-MM-DD", Needed: "the day of the submission, such as 2025-06-30", Why: "of two statements the earlier one is told by this date, not by a clock",
			of: func(f *Form) *string { return &f.Date }, check: isDate},
		{Key: "contributor.name", Flag: "contributor", Doc: "who hands the data in", Needed: "who hands the data in: a person or an organisation", Why: "a figure that nobody stands for cannot be asked about",
			of: func(f *Form) *string { return &f.Contributor.Name }, check: oneLine},
		{Key: "contributor.orcid", Flag: "orcid", Doc: "ORCID of that person",
			of: func(f *Form) *string { return &f.Contributor.ORCID }, check: isORCID},
		{Key: "contributor.affiliation", Flag: "affiliation", Doc: "where that person works",
			of: func(f *Form) *string { return &f.Contributor.Affiliation }, check: oneLine},
		{Key: "contributor.email", Flag: "email", Doc: "address; it is published with the submission",
			of: func(f *Form) *string { return &f.Contributor.Email }, check: isEmail},
		{Key: "licence", Flag: "licence", Doc: "SPDX identifier of the licence of the data", Needed: "the SPDX identifier of the licence that you give the data, such as CC-BY-4.0 (others may use them and name you) or CC0-1.0 (without conditions)",
			Why: "without a licence nobody may use or pass on what you measured, however public it is",
			of:  func(f *Form) *string { return &f.Licence }, check: isLicence},
		{Key: "measurement.instrument", Flag: "instrument", Doc: "what measured, or how it was estimated", Needed: "what measured: the make of the meter, NVML, RAPL, a power model, an invoice", Why: "a reading of a meter and an estimate of a tool differ by more than most measures to save energy",
			of: func(f *Form) *string { return &f.Measurement.Instrument }, check: text},
		{Key: "measurement.boundary", Flag: "boundary", Doc: "what the figures cover: device, node, it or facility, and what of a project", Needed: "what the figures cover: the devices, their nodes, all IT or the facility; and which work of the project",
			of: func(f *Form) *string { return &f.Measurement.Boundary }, check: text},
		{Key: "measurement.sampling", Flag: "sampling", Doc: "how often and over what it was measured", Needed: "how often was measured, and whether all of the activity or a part: every 10 s over the whole run, say",
			of: func(f *Form) *string { return &f.Measurement.Sampling }, check: text},
		{Key: "measurement.not_covered", Flag: "not-covered", Doc: "what the figures leave out; none where nothing is", Needed: "what the figures leave out: failed runs, storage, cooling; none where nothing is left out", Why: "what is not said to be left out would be taken for covered",
			of: func(f *Form) *string { return &f.Measurement.NotCovered }, check: text},
		{Key: "attestation.statement", Flag: "attest", Doc: "a sentence of yours: that you have the right to publish the data under the licence",
			Needed: `a sentence of your own such as "I measured these data myself, have the right to publish them, and publish them under the licence named here."`,
			Why:    "only who has the rights in the data can give others a licence; nobody else can say it for you",
			of:     func(f *Form) *string { return &f.Attestation.Statement }, check: isSentence},
		{Key: "attestation.name", Flag: "attested-by", Doc: "who says so", Needed: "the name of the person who says so",
			of: func(f *Form) *string { return &f.Attestation.Name }, check: oneLine},
		{Key: "attestation.date", Flag: "attested-on", Doc: "and when: YYYY-MM-DD", Needed: "the day on which it was said, such as 2025-06-30",
			of: func(f *Form) *string { return &f.Attestation.Date }, check: isDate},
		{Key: "confidentiality", Flag: "confidentiality", Doc: "wishes beyond the column confidentiality of the rows",
			of: func(f *Form) *string { return &f.Confidentiality }, check: text},
		{Key: "contact", Flag: "contact", Doc: "where questions go; it is published with the submission",
			of: func(f *Form) *string { return &f.Contact }, check: oneLine},
	}
}

// correctsFlag is the flag of the list of corrections.
const correctsFlag = "corrects"

// Limits of a form, far above what a person writes.
const (
	maxText     = 8000 // characters of a field
	maxCorrects = 1500
)

// LoadForm reads a form. A submission.yaml is one too: what was written beside what the contributor said is passed over. Problems go to probs; nil where the
// text is not readable at all.
func LoadForm(name string, text []byte, probs *diag.List) *Form {
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	said, _ := split(root)
	return decodeForm(said, probs)
}

func decodeForm(root *document.Node, probs *diag.List) *Form {
	f := &Form{root: root}
	blank := *root // a key without a value is a line that was not filled in
	blank.Fields = filled(root.Fields)
	document.Decode(&blank, f, probs)
	return f
}

// filled drops the keys without values.
func filled(fields []document.Field) []document.Field {
	var out []document.Field
	for _, f := range fields {
		if f.Value.Kind == document.Map {
			v := *f.Value
			v.Fields = filled(v.Fields)
			f.Value = &v
		}
		if f.Value.Kind != document.Null {
			out = append(out, f)
		}
	}
	return out
}

// Set fills in a line from the command line, in place of what a file says.
func (f *Form) Set(field Field, value string) {
	*field.of(f) = value
	f.flag(field.Key, field.Flag)
}

// SetCorrects fills in the corrections from the command line.
func (f *Form) SetCorrects(ids []string) {
	f.Corrects = ids
	f.flag("corrects", correctsFlag)
}

func (f *Form) flag(key, flag string) {
	if f.flags == nil {
		f.flags = map[string]string{}
	}
	f.flags[key] = flag
}

// problem is one at a line of the form, wherever it was filled in.
func (f *Form) problem(key string, code diag.Code, format string, args ...any) diag.Problem {
	if flag := f.flags[key]; flag != "" {
		return diag.Problem{Code: code, Place: diag.Place{File: "--" + flag}, Message: fmt.Sprintf(format, args...)}
	}
	if f.root == nil {
		return diag.Problem{Code: code, Message: fmt.Sprintf(format, args...)}
	}
	at := f.root
	for part := range strings.SplitSeq(key, ".") {
		if n := at.Get(part); n != nil {
			at = n
		}
	}
	return at.Problem(code, format, args...)
}

// check looks at every line.
func (f *Form) check(o Options, probs *diag.List) {
	for _, field := range Fields() {
		value := strings.TrimSpace(*field.of(f))
		*field.of(f) = value
		if value == "" {
			if field.Needed != "" {
				p := f.problem(field.Key, diag.MissingKey, "%s is not filled in", field.Key)
				p.Why, p.Hint = field.Why, fmt.Sprintf("--%s, or in the file: %s", field.Flag, field.Needed)
				probs.Add(p)
			}
			continue
		}
		message, hint := legible(value)
		if message == "" {
			message, hint = field.check(value, &o)
		}
		if message != "" {
			p := f.problem(field.Key, diag.BadValue, "%s: %s", field.Key, message)
			p.Hint = hint
			probs.Add(p)
		}
	}
	if len(f.Corrects) > maxCorrects {
		probs.Add(f.problem("corrects", diag.TooLarge, "%s are corrected at a time; at most %s are", diag.Plural(len(f.Corrects), "row"), diag.Grouped(maxCorrects)))
	}
	seen := map[string]bool{}
	for _, id := range f.Corrects {
		if message, _ := legible(id); id == "" || message != "" {
			probs.Add(f.problem("corrects", diag.BadValue, "corrects: %q is no id", id))
		} else if seen[id] {
			probs.Add(f.problem("corrects", diag.DuplicateName, "corrects: the id %q stands twice", id))
		}
		seen[id] = true
	}
}

// legible refuses what a reader could not see.
func legible(value string) (message, hint string) {
	switch {
	case len(value) > maxText:
		return fmt.Sprintf("the text has more than %s", diag.Plural(maxText, "byte")), ""
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r) }):
		return "the text holds characters that nobody sees", "write it anew, without what came along from another program"
	}
	return "", ""
}

func text(string, *Options) (message, hint string) { return "", "" }

func oneLine(value string, _ *Options) (message, hint string) {
	if strings.Contains(value, "\n") {
		return "one line is expected", ""
	}
	return "", ""
}

func isDate(value string, _ *Options) (message, hint string) {
	if !IsDate(value) {
		return fmt.Sprintf("%q is not a date", value), "write YYYY-MM-DD, such as 2025-06-30"
	}
	return "", ""
}

// IsDate tells a date as it stands in a form.
func IsDate(value string) bool {
	t, err := time.Parse(time.DateOnly, value)
	return err == nil && t.Year() >= 1900
}

func isEmail(value string, _ *Options) (message, hint string) {
	if a, err := mail.ParseAddress(value); err != nil || a.Address != value {
		return fmt.Sprintf("%q is no address", value), "such as name@example.org"
	}
	return "", ""
}

// isORCID checks the digits by ISO 7064 MOD 11-2, as ORCID describes it.
func isORCID(value string, _ *Options) (message, hint string) {
	const form = "four groups of four digits, such as 0000-0002-1825-0097, without the address"
	if len(value) != 19 || value[4] != '-' || value[9] != '-' || value[14] != '-' {
		return fmt.Sprintf("%q is no ORCID", value), form
	}
	total := 0
	digits := strings.ReplaceAll(value, "-", "")
	for _, d := range digits[:len(digits)-1] {
		if d < '0' || d > '9' {
			return fmt.Sprintf("%q is no ORCID", value), form
		}
		total = (total + int(d-'0')) * 2
	}
	if last := (12 - total%11) % 11; digits[len(digits)-1] != "0123456789X"[last] {
		return fmt.Sprintf("%q is no ORCID: its check digit is wrong", value), "look for a digit that was mistyped"
	}
	return "", ""
}

func isLicence(value string, _ *Options) (message, hint string) {
	var open []string
	for _, l := range licence.All() {
		if l.ID == value && l.SPDX() {
			if l.Forbids() {
				return fmt.Sprintf("%s (%s) does not let others pass the data on, change them or use them for every purpose", l.ID, l.Name), "an open database needs an open licence: CC-BY-4.0, CC0-1.0 or ODbL-1.0, say"
			}
			return "", ""
		}
		if l.SPDX() && !l.Forbids() {
			open = append(open, l.ID)
		}
	}
	hint = "known are " + strings.Join(open, ", ")
	if near := diag.Nearest(value, open); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return fmt.Sprintf("%q is no licence that is known", value), hint
}

// isSentence refuses what is no statement: a yes, a name, the words of the form itself.
func isSentence(value string, _ *Options) (message, hint string) {
	if len(strings.Fields(value)) < 5 || strings.HasPrefix(strings.ToLower(value), "a sentence of your") {
		return "this is no statement", `a whole sentence, such as "I measured these data myself, have the right to publish them, and publish them under the licence named here."`
	}
	return "", ""
}
