package importers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var ccf = Format{
	Name:  "ccf",
	Title: "Cloud Carbon Footprint: electricity of cloud regions, hosts of instances, power of processors",
	Doc: `Files of data and output in github.com/cloud-carbon-footprint/ccf-coefficients, told apart by their columns. Those that do not say whose machines they are say it by the name
they were published under.

grid-emissions-factors-{aws,azure,gcp}.csv hold metric tonnes per kWh. They say no year: give --year. What is counted follows from the source that a row names: the EPA's
(NERC regions of eGRID) and the EEA's are CO2e of plants in operation over what is generated; of carbonfootprint.com, EMA Singapore and Google nothing is said
(Google's are mostly those of 2019). Rows may be longer than the header. A value above 0.005 t/kWh, more than any fuel emits, has lost its decimal point (000077 for Finland) and is
left out: what was meant is not for us to say.

coefficients-{aws,azure,gcp}-embodied.csv hold kg CO2e of the whole host that an instance runs on, its accelerators included, over its life: 1000 kg for a base server and
additions for memory, drives, processors and GPUs, after Teads. An instance has a part of it by its share of vCPU, which is not read. The boundary is the server. Technology is the provider
and the instance, such as aws:p4d.24xlarge; where the file tells hosts apart by their processor it follows, as in gcp:e2-standard-2 (Skylake).

aws-instances-latest.csv holds the same for more instances in "mtCo2eq": metric tonnes, since m5.large has 1.2 here and 1611 kg there. Instances without a value are left out.
gcp-instances-latest.csv holds kg and metric tonnes, which agree; but its figures grow with the square of a host's memory (c4a with 144, 288 and 576 GB: 10, 37 and 150 t; x4-megamem
470,000 t). They are an error of that file and all are left out; coefficients-gcp-embodied.csv has the hosts of the older ones.

coefficients-{aws,azure,gcp}-use.csv hold watts of one vCPU, idle and at full load, by processor: averages of SPECpower_ssj2008 results ((c) SPEC). They become vcpu_power_idle and
vcpu_power_full. Gigabytes per chip are not read, nor is SPECpower itself.

Pedigree: reliability 3 for the grid, whose values are quoted, 4 for hosts, which are estimates from one server's assessment; completeness 5 for them; technological 3, since parts
stand for others'. Powers: reliability 2, completeness 3, technological 3.`,
	Needs: []string{"released", "year"},
	read:  readCCF,
}

const ccfURL = "https://github.com/cloud-carbon-footprint/ccf-coefficients/blob/main/"

var (
	ccfGrid = Table{Name: "ccf-grid", Title: "Carbon intensity of electricity of cloud regions", Series: "ccf-grid", Licence: "Apache-2.0", OwnSources: true,
		Source: "Cloud Carbon Footprint ({released}), grid emissions factors", URL: ccfURL + "data"}
	ccfEmbodied = Table{Name: "ccf-embodied", Title: "Manufacture of the hosts of instances", Series: "ccf-embodied", Licence: "Apache-2.0",
		Source: "Cloud Carbon Footprint ({released}), embodied coefficients, after Teads Engineering (Davy 2021)", URL: ccfURL + "output"}
	ccfInstances = Table{Name: "ccf-instances", Title: "Manufacture of the hosts of instances, by platform", Series: "ccf-instances", Licence: "Apache-2.0",
		Source: "Cloud Carbon Footprint ({released}), list of instances, after Teads Engineering (Davy 2021)", URL: ccfURL + "data"}
	ccfPower = Table{Name: "ccf-power", Title: "Power of one vCPU by processor", Series: "ccf-power", Licence: "Apache-2.0",
		Source: "Cloud Carbon Footprint ({released}), usage coefficients, averages of SPECpower_ssj2008 results (Standard Performance Evaluation Corporation)", URL: ccfURL + "output"}
)

// ccfGridSources are what the factors of a source count. Of others nothing is said.
var ccfGridSources = map[string]struct{ name, url string }{
	"EPA": {"U.S. Environmental Protection Agency, eGRID, by NERC region", "https://www.epa.gov/egrid/download-data"},
	"EEA": {"European Environment Agency, Greenhouse gas emission intensity of electricity generation", "https://www.eea.europa.eu"},
}

const (
	ccfTonnes    = "CO2e (metric ton/kWh)"
	ccfAWSTonnes = "Platform Embedded Emissions (mtCo2eq)"
	ccfGCPKilos  = "Platform Embedded Emissions (kgCo2eq)"

	// ccfMost is above what any plant emits in t/kWh: lignite comes to 0.0015.
	ccfMost = 0.005
)

// ccfShapes are the files, told apart by their columns; the first that fits counts.
var ccfShapes = []struct {
	columns []string
	read    func(j *job, c *foreign.CSV, released string)
}{
	{[]string{"Region", ccfTonnes}, readCCFGrid},
	{[]string{"type", "total"}, readCCFEmbodied},
	{[]string{"Instance Type", ccfGCPKilos}, readCCFGCPInstances},
	{[]string{"Instance Type", ccfAWSTonnes}, readCCFInstances},
	{[]string{"Architecture", "Min Watts", "Max Watts"}, readCCFPower},
}

func readCCF(j *job) {
	c := j.csv(foreign.Dialect{Ragged: true})
	if c == nil {
		return
	}
	for _, s := range ccfShapes {
		if c.Has(s.columns...) {
			if released, ok := j.dateGiven(""); ok {
				s.read(j, c, released)
			}
			return
		}
	}
	var known []string
	for _, s := range ccfShapes {
		known = append(known, strings.Join(s.columns, " and "))
	}
	j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: diag.Place{File: j.Name, Line: 1}, Message: "the file has the columns of none of Cloud Carbon Footprint's tables of factors",
		Hint: "they have " + strings.Join(known, "; ")})
}

// ccfWhole reports a row that lacks a field of those named: only rows of the grid's files are ragged by habit.
func ccfWhole(j *job, c *foreign.CSV, columns ...string) bool {
	for _, column := range columns {
		if c.Text(column) == "" {
			j.probs.Errorf(diag.MissingValue, c.At(""), "the row has no %s", column)
			return false
		}
	}
	return true
}

func readCCFGrid(j *job, c *foreign.CSV, released string) {
	year, ok := j.yearGiven(0)
	if !ok || !c.Need("Source") {
		return
	}
	// The three files differ in their columns.
	provider := "gcp"
	if c.Has("Country") {
		provider = "aws"
	} else if c.Has("NERC Region") {
		provider = "azure"
	}
	table := ccfGrid
	table.Released = released
	for c.Next() {
		if !ccfWhole(j, c, "Region", ccfTonnes) {
			continue
		}
		code := provider + ":" + c.Text("Region")
		region, known := names.Regions().Canonical(code)
		tonnes := j.figure(c, ccfTonnes)
		v, _ := foreign.ParseNumber(tonnes)
		switch {
		case tonnes == "": // told
		case v > ccfMost:
			j.left(c.Left(code, fmt.Sprintf("%s t/kWh is more than any fuel emits: its decimal point is lost", tonnes)))
		case !known:
			j.left(c.Left(code, "the registry has no region "+strconv.Quote(code)))
		default:
			cited := c.Text("Source")
			row := Row{Factor: "electricity", Category: "climate_change", Region: region, From: year, To: year, Value: tonnes, Unit: "t CO2e/kWh",
				Distribution: about(tonnes, "pedigree(3,1,2,2,2)"), Margin: "average", Quality: "modelled"}
			if cited != "" {
				row.Source = cited + ", as compiled in Cloud Carbon Footprint"
			}
			if s, ok := ccfGridSources[cited]; ok {
				row.Source, row.URL = s.name+", as compiled in Cloud Carbon Footprint", s.url
				row.Flow, row.Point, row.Scope = "production", "generation", "operational"
			}
			if nerc := c.Text("NERC Region"); nerc != "" {
				row.Note = "NERC region " + nerc
			}
			j.Row(&table, row)
		}
	}
}

// ccfHost is the manufacture of the host of an instance.
func ccfHost(provider, instance, processor, value, unit string) Row {
	technology := provider + ":" + instance
	if processor != "" {
		technology += " (" + processor + ")"
	}
	return Row{Factor: "embodied", Category: "climate_change", Technology: technology, Value: value, Unit: unit, Distribution: about(value, "pedigree(4,5,2,2,3)"), Boundary: "server",
		Quality: "modelled", Note: "of the whole host, accelerators included"}
}

func readCCFEmbodied(j *job, c *foreign.CSV, released string) {
	provider, ok := j.needProvider()
	if !ok {
		return
	}
	table := ccfEmbodied
	table.Released = released
	for c.Next() {
		if !ccfWhole(j, c, "type", "total") {
			continue
		}
		if kg := j.figure(c, "total"); kg != "" {
			j.Row(&table, ccfHost(provider, c.Text("type"), c.Text("microarchitecture"), kg, "kg CO2e"))
		}
	}
}

func readCCFInstances(j *job, c *foreign.CSV, released string) {
	provider, ok := j.needProvider()
	if !ok {
		return
	}
	table := ccfInstances
	table.Released = released
	for c.Next() {
		if !ccfWhole(j, c, "Instance Type") {
			continue
		}
		instance := c.Text("Instance Type")
		if c.Text(ccfAWSTonnes) == "" {
			j.left(c.Left(provider+":"+instance, "no value"))
		} else if tonnes := j.figure(c, ccfAWSTonnes); tonnes != "" {
			j.Row(&table, ccfHost(provider, instance, "", tonnes, "t CO2e"))
		}
	}
}

func readCCFGCPInstances(j *job, c *foreign.CSV, _ string) {
	for c.Next() {
		if !ccfWhole(j, c, "Instance Type", ccfGCPKilos) {
			continue
		}
		what := "gcp:" + c.Text("Instance Type")
		kg, ok := c.Number(ccfGCPKilos)
		t, both := c.Number(ccfAWSTonnes)
		switch {
		case !ok: // told
		case both && (kg < 0.999999*1000*t || kg > 1.000001*1000*t):
			j.left(c.Left(what, fmt.Sprintf("%g kg and %g t are not the same", kg, t)))
		default:
			j.left(c.Left(what, "the file's figures grow with the square of a host's memory: an error of its makers"))
		}
	}
}

func readCCFPower(j *job, c *foreign.CSV, released string) {
	provider, ok := j.needProvider()
	if !ok {
		return
	}
	table := ccfPower
	table.Released = released
	for c.Next() {
		if !ccfWhole(j, c, "Architecture", "Min Watts", "Max Watts") {
			continue
		}
		for _, p := range []struct{ column, factor string }{{"Min Watts", "vcpu_power_idle"}, {"Max Watts", "vcpu_power_full"}} {
			if watts := j.figure(c, p.column); watts != "" {
				j.Row(&table, Row{Factor: p.factor, Technology: provider + ":" + c.Text("Architecture"), Value: watts, Unit: "W", Distribution: about(watts, "pedigree(2,3,2,1,3)"), Quality: "modelled"})
			}
		}
	}
}
