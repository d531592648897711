package submission

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// plain is a text as it is read again from submission.yaml.
func plain(text string) string {
	var again string
	json.Unmarshal([]byte(document.Quote(text)), &again) // of a string that was just written it cannot fail
	return again
}

// yaml is submission.yaml.
func (d *Draft) yaml() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "submission: %s\n", document.Quote(Format))
	above := ""
	for _, f := range Fields() {
		value := *f.of(d.Form)
		if value == "" {
			continue
		}
		group, name, nested := strings.Cut(f.Key, ".")
		if !nested {
			fmt.Fprintf(&b, "%s: %s\n", f.Key, document.Quote(value))
			continue
		}
		if group != above {
			fmt.Fprintf(&b, "%s:\n", group)
		}
		above = group
		fmt.Fprintf(&b, "  %s: %s\n", name, document.Quote(value))
	}
	if len(d.Corrects) > 0 {
		b.WriteString("corrects:\n")
		for _, id := range d.Corrects {
			fmt.Fprintf(&b, "  - %s\n", document.Quote(id))
		}
	}
	b.WriteString("tables:\n")
	for _, t := range d.Tables {
		fmt.Fprintf(&b, "  - {file: %s, kind: %s, rows: %d, confidential: %d, sha256: %s", document.Quote(t.File), t.Kind.Name, t.Rows, t.Confidential, document.Quote(t.SHA256))
		if t.From != "" {
			fmt.Fprintf(&b, ", from: %s", document.Quote(t.From))
		}
		b.WriteString("}\n")
	}
	if len(d.warnings) > 0 {
		b.WriteString("warnings:\n")
		for _, w := range d.warnings {
			fmt.Fprintf(&b, "  - %s\n", document.Quote(w))
		}
	}
	return b.Bytes()
}

// readme is what a person reads first. Open compares it: whoever changes its words must go on taking those of submissions that were made before.
func (d *Draft) readme() []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", folder.Markdown(d.Title))
	who := folder.Markdown(d.Contributor.Name)
	if d.Contributor.Affiliation != "" {
		who += ", " + folder.Markdown(d.Contributor.Affiliation)
	}
	if d.Contributor.ORCID != "" {
		who += ", https://orcid.org/" + d.Contributor.ORCID
	}
	line("A submission to the open database of the environmental impact of AI, handed in by %s on %s under %s.", who, d.Date, folder.Markdown(d.Licence))
	var confidential int64
	for _, t := range d.Tables {
		confidential += t.Confidential
	}
	if confidential > 0 {
		line("\n**Rows of this submission are confidential.** They are published only within sums over several contributors: do not pass this folder on.")
	}
	line("\n| table | kind | rows | confidential |\n|---|---|---:|---:|")
	for _, t := range d.Tables {
		line("| %s | %s | %d | %d |", folder.Markdown(t.File), folder.Markdown(t.Kind.Name), t.Rows, t.Confidential)
	}
	line("\n## How it was measured\n")
	for _, m := range [][2]string{{"Instrument", d.Measurement.Instrument}, {"Boundary", d.Measurement.Boundary}, {"Sampling", d.Measurement.Sampling}, {"Not covered", d.Measurement.NotCovered}} {
		line("- %s: %s", m[0], folder.Markdown(m[1]))
	}
	line("\n## Rights\n\n> %s\n\n%s, %s", folder.Markdown(d.Attestation.Statement), folder.Markdown(d.Attestation.Name), d.Attestation.Date)
	if d.Confidentiality != "" {
		line("\n## Confidentiality\n\n%s", folder.Markdown(d.Confidentiality))
	}
	if len(d.Corrects) > 0 {
		line("\n## Corrections\n\nThese rows take the place of earlier ones of the same contributor:\n")
		for _, id := range d.Corrects {
			line("- %s", folder.Markdown(id))
		}
	}
	if len(d.warnings) > 0 {
		line("\n## Warnings\n\nThe check found nothing wrong, and this to be looked at:\n")
		for _, w := range d.warnings {
			line("- %s", folder.Markdown(w))
		}
	}
	contact := d.Contact
	if contact == "" {
		contact = d.Contributor.Email
	}
	if contact != "" {
		line("\nQuestions go to %s.", folder.Markdown(contact))
	}
	line("\nSHA256SUMS lists the digests of all files; `ailca contribute --check FOLDER` checks them and every value.")
	return b.Bytes()
}
