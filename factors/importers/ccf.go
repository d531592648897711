package importers

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
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

// ccfShapes are the files, told apart by their columns; the first that fits counts.
var ccfShapes = []struct {
	columns []string
	read    func(j *job, c *foreign.CSV, released string)
}{
	{[]string{"Region", ccfGridTonnes}, readCCFGrid},
	{[]string{"type", "total"}, readCCFEmbodied},
	{[]string{"Instance Type", ccfHostKilos}, readCCFGoogleInstances},
	{[]string{"Instance Type", ccfHostTonnes}, readCCFInstances},
	{[]string{"Architecture", "Min Watts", "Max Watts"}, readCCFPower},
}

func readCCF(j *job) {
	c := j.csv(foreign.Dialect{Ragged: true})
	if c == nil {
		return
	}
	var known []string
	for _, s := range ccfShapes {
		if c.Has(s.columns...) {
			if released, ok := j.released(""); ok {
				s.read(j, c, released)
			}
			return
		}
		known = append(known, strings.Join(s.columns, " and "))
	}
	j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: c.Header(), Message: "the file has the columns of none of Cloud Carbon Footprint's tables of factors",
		Hint: "they have " + strings.Join(known, "; ")})
}
