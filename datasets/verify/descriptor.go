package verify

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// descriptor reads datapackage.json and checks that it is complete, means one thing, and states the files as they are; nil where it cannot be read.
func (v *verification) descriptor() *publish.Descriptor {
	d := &publish.Descriptor{}
	if !v.readJSON(publish.DescriptorFile, d) {
		return nil
	}
	wrong := func(code diag.Code, format string, args ...any) {
		v.errorf(code, publish.DescriptorFile, format, args...)
	}
	if d.Format != publish.Format {
		wrong(diag.BadValue, "the package's format is %d; this version reads %d", d.Format, publish.Format)
		return nil
	}
	for _, need := range []struct{ key, value string }{{"name", d.Name}, {"version", d.Version}, {"title", d.Title}, {"created", d.Created}} {
		if need.value == "" {
			wrong(diag.MissingKey, "the key %q is missing", need.key)
		}
	}
	if len(d.Licenses) == 0 || len(d.Contributors) == 0 || len(d.Resources) == 0 {
		wrong(diag.MissingKey, "licenses, contributors and resources must not be empty")
	}
	names, paths := map[string]bool{}, map[string]bool{}
	for i := range d.Resources {
		r := &d.Resources[i]
		if problem := localPath(r.Path); problem != "" {
			wrong(diag.Refused, "resource %d, path %.200q: %s", i+1, r.Path, problem)
			continue
		}
		if names[r.Name] || paths[r.Path] || r.Name == "" {
			wrong(diag.DuplicateName, "resource %d: the name %.200q or the path %.200q is empty or stands twice", i+1, r.Name, r.Path)
		}
		names[r.Name], paths[r.Path] = true, true
		v.resource(r)
	}
	v.pairs(d)
	v.keys(d)
	for _, name := range slices.Sorted(maps.Keys(v.sums)) {
		if !paths[name] && !slices.Contains(described, name) {
			v.probs.Add(diag.Problem{Code: diag.UnlistedFile, Place: v.at(name), Message: "the file does not belong to the package: " + publish.DescriptorFile + " does not describe it"})
		}
	}
	return d
}

// resource compares what is said of a file with the file.
func (v *verification) resource(r *publish.Resource) {
	wrong := func(code diag.Code, format string, args ...any) {
		v.errorf(code, publish.DescriptorFile, "resource %.200s: %s", r.Name, fmt.Sprintf(format, args...))
	}
	if r.Format != "csv" && r.Format != "parquet" {
		wrong(diag.BadValue, "the format %.40q is neither csv nor parquet", r.Format)
	}
	if digest, listed := v.sums[r.Path]; !listed {
		wrong(diag.MissingFile, "%s does not list %s", publish.SumsFile, r.Path)
	} else if r.Hash != "sha256:"+digest {
		wrong(diag.DigestMismatch, "the hash is not that of %s in %s", r.Path, publish.SumsFile)
	}
	if size, sound := v.sizes[r.Path]; sound && size != r.Bytes {
		wrong(diag.DigestMismatch, "%s has %d bytes, not %d", r.Path, size, r.Bytes)
	}
	if r.Rows < 0 {
		wrong(diag.OutOfRange, "%d rows", r.Rows)
	}
	seen := map[string]bool{}
	for i := range r.Table.Fields {
		f := &r.Table.Fields[i]
		if _, ok := f.FieldType(); !ok {
			wrong(diag.BadType, "column %.200q: no type %.40q", f.Name, f.Type)
		}
		if f.Name == "" || seen[f.Name] {
			wrong(diag.DuplicateName, "the column %.200q has no name or stands twice", f.Name)
		}
		seen[f.Name] = true
		if c := f.Constraints; c != nil && c.Minimum != nil && c.Maximum != nil && *c.Minimum > *c.Maximum {
			wrong(diag.OutOfRange, "column %s: the minimum is above the maximum", f.Name)
		}
	}
	if len(r.Table.Fields) == 0 {
		wrong(diag.MissingColumn, "no column is described")
	}
	if !slices.Equal(r.Table.MissingValues, []string{""}) {
		wrong(diag.BadValue, "missingValues is not the empty text alone")
	}
}

// pairs makes sure that each table stands in both formats, which are said to hold the same.
func (v *verification) pairs(d *publish.Descriptor) {
	kinds := map[string][]*publish.Resource{}
	for i := range d.Resources {
		r := &d.Resources[i]
		kinds[r.Kind] = append(kinds[r.Kind], r)
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		both := kinds[kind]
		if len(both) != 2 || both[0].Format == both[1].Format {
			v.errorf(diag.MissingFile, publish.DescriptorFile, "the table %.200q does not stand once as CSV and once as Parquet", kind)
			continue
		}
		if both[0].Rows != both[1].Rows || !reflect.DeepEqual(both[0].Table.Fields, both[1].Table.Fields) {
			v.errorf(diag.TablesDiffer, publish.DescriptorFile, "the CSV and the Parquet file of %s are said to have different rows or columns", kind)
		}
	}
}

// keys makes sure that keys name columns that are there.
func (v *verification) keys(d *publish.Descriptor) {
	for i := range d.Resources {
		r := &d.Resources[i]
		has := func(r *publish.Resource, columns []string) bool {
			return len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return r.Table.Column(c) == nil })
		}
		if len(r.Table.PrimaryKey) > 0 && !has(r, r.Table.PrimaryKey) {
			v.errorf(diag.UnknownColumn, publish.DescriptorFile, "resource %.200s: the primary key %.200s is no column", r.Name, strings.Join(r.Table.PrimaryKey, ", "))
		}
		for _, k := range r.Table.ForeignKeys {
			at := slices.IndexFunc(d.Resources, func(o publish.Resource) bool { return o.Name == k.Reference.Resource })
			if at < 0 || len(k.Fields) != len(k.Reference.Fields) || !has(r, k.Fields) || !has(&d.Resources[at], k.Reference.Fields) {
				v.errorf(diag.UnknownReference, publish.DescriptorFile, "resource %.200s: the foreign key %.200s leads nowhere", r.Name, strings.Join(k.Fields, ", "))
			}
		}
	}
}

// fields are a resource's columns as those of a table; nil where one has an unknown type.
func fields(r *publish.Resource) (out []lca.Field) {
	for i := range r.Table.Fields {
		f := &r.Table.Fields[i]
		t, ok := f.FieldType()
		if !ok {
			return nil
		}
		out = append(out, lca.Field{Name: f.Name, Type: t, Unit: f.Unit})
	}
	return out
}
