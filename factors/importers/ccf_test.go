package importers

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestCCFGridIsInTonnesPerKilowattHour(t *testing.T) {
	got := imported(t, "ccf", Options{Released: "2026-04-24", Year: 2021}, published(t, "ccf/grid-emissions-factors-aws.csv"), published(t, "ccf/grid-emissions-factors-azure.csv"),
		published(t, "ccf/grid-emissions-factors-gcp.csv"))
	got.sound(t)
	if rows, left := len(got.rows["ccf_grid"]), len(got.left); rows+left != 25+24+24 || left != 2 {
		t.Errorf("%d rows and %d left out of 73: %v", rows, left, got.left)
	}
	for region, want := range map[string]Row{
		"aws:us-east-1":       {Value: "0.000415755", Flow: "production", Scope: "operational"}, // 415.8 g
		"azure:eastus2":       {Value: "0.000415755", Flow: "production", Scope: "operational"}, // East US 2
		"azure:swedencentral": {Value: "0.000009", Flow: "production", Scope: "operational"},
		"aws:af-south-1":      {Value: "0.000928"}, // of carbonfootprint.com
		"gcp:us-central1":     {Value: "0.000479"},
	} {
		rows := got.find("ccf_grid", Row{Region: region, From: 2021})
		if len(rows) != 1 || rows[0].Value != want.Value || rows[0].Unit != "t CO2e/kWh" || rows[0].Flow != want.Flow || rows[0].Scope != want.Scope {
			t.Errorf("%s is %+v", region, rows)
		}
	}
	// Printed 000077 and 000402, one of them in a row of six fields.
	for i, region := range []string{"azure:Finland Central", "azure:Germany West Central"} {
		if got.left[i].What != region || !strings.Contains(got.left[i].Why, "decimal point") {
			t.Errorf("left out: %+v", got.left[i])
		}
	}
}

func TestCCFEmbodiedIsTheWholeHost(t *testing.T) {
	got := imported(t, "ccf", Options{Released: "2026-04-24"}, published(t, "ccf/coefficients-aws-embodied.csv"), published(t, "ccf/coefficients-azure-embodied.csv"),
		published(t, "ccf/coefficients-gcp-embodied.csv"))
	got.sound(t) // one row a host: instances on several processors are told apart
	if rows := len(got.rows["ccf_embodied"]); rows != 621+595+277 || len(got.left) != 0 {
		t.Errorf("%d rows, %d left", rows, len(got.left))
	}
	for technology, want := range map[string]string{"aws:a1.medium": "1022.21", "gcp:e2-standard-2 (Skylake)": "1255.46", "gcp:e2-standard-2 (EPYC 2nd Gen)": "1155.46", "azure:A1 v2 (Unknown)": "1216.62"} {
		rows := got.find("ccf_embodied", Row{Technology: technology})
		if len(rows) != 1 || rows[0].Value != want || rows[0].Unit != "kg CO2e" || rows[0].Boundary != "server" {
			t.Errorf("%s is %+v", technology, rows)
		}
	}
}

func TestCCFInstancesAreInMetricTonnes(t *testing.T) {
	got := imported(t, "ccf", Options{Released: "2026-04-24"}, published(t, "ccf/aws-instances-latest-2026.csv"))
	got.sound(t)
	if rows, left := len(got.rows["ccf_instances"]), len(got.left); rows+left != 1195 || left != 392 {
		t.Errorf("%d rows and %d left out of 1195", rows, left)
	}
	if p5 := got.find("ccf_instances", Row{Technology: "aws:p5.48xlarge"}); len(p5) != 1 || p5[0].Value != "5.7" || p5[0].Unit != "t CO2e" { // not 5.7 million tonnes, nor kg
		t.Errorf("p5.48xlarge is %+v", p5)
	}
}

func TestCCFGoogleInstancesAreLeftOut(t *testing.T) {
	got := imported(t, "ccf", Options{Released: "2026-04-24"}, published(t, "ccf/gcp-instances-latest-2026.csv"))
	if len(got.rows) != 0 || len(got.left) != 339 {
		t.Errorf("%d left out of 339, rows %v", len(got.left), got.rows)
	}
	for _, l := range got.left {
		if !strings.Contains(l.Why, "square of a host's memory") { // kilograms and tonnes agree in every row
			t.Errorf("%+v", l)
		}
	}
	const header = "Instance Type,Platform Embedded Emissions (kgCo2eq),Platform Embedded Emissions (mtCo2eq)\n"
	if other := imported(t, "ccf", Options{Released: "2026"}, text("gcp.csv", header+"a,1000,2\n")); len(other.left) != 1 || other.left[0].Why != "1000 kg and 2 t are not the same" {
		t.Errorf("%+v", other.left)
	}
}

func TestCCFPowersAreOfOneVCPU(t *testing.T) {
	got := imported(t, "ccf", Options{Released: "2026-04-24"}, published(t, "ccf/coefficients-aws-use.csv"), published(t, "ccf/coefficients-azure-use.csv"), published(t, "ccf/coefficients-gcp-use.csv"))
	got.sound(t)
	if rows := len(got.rows["ccf_power"]); rows != 2*(20+8+9) || len(got.left) != 0 {
		t.Errorf("%d rows, %d left", rows, len(got.left))
	}
	if full := got.find("ccf_power", Row{Factor: "vcpu_power_full", Technology: "gcp:Broadwell"}); len(full) != 1 || full[0].Value != "3.3857473048128344" || full[0].Unit != "W" {
		t.Errorf("Broadwell is %+v", full)
	}
}

func TestCCFSaysWhatIsWrong(t *testing.T) {
	o := Options{Released: "2026", Year: 2021}
	for name, tc := range map[string]struct {
		file File
		o    Options
		want []string
	}{
		"no date":      {text("aws.csv", "type,total\na,1\n"), Options{}, []string{"the file does not say when it was published"}},
		"no year":      {text("a.csv", "Region,CO2e (metric ton/kWh),Source\n"), Options{Released: "2026"}, []string{"which year the values hold for"}},
		"another file": {text("SPECpower.csv", ",Benchmark,System\n0,a,b\n"), o, []string{"the file has the columns of none of Cloud Carbon Footprint's tables"}},
		"no provider":  {text("coefficients.csv", "type,total\na,1\n"), o, []string{"does not say whose machines these are"}},
		"no number":    {text("aws.csv", ",type,total\n0,a,x\n"), o, []string{`aws.csv:2:5 column total: expected a number, found "x"`}},
		"below 0":      {text("aws.csv", ",type,total\n0,a,-1\n"), o, []string{"the figure is negative: -1"}},
		"short":        {text("aws.csv", ",type,total\n0,a\n"), o, []string{"aws.csv:2: the row has no total"}},
		"short grid":   {text("a.csv", "Region,CO2e (metric ton/kWh),Source\nus-east1\n"), o, []string{"a.csv:2: the row has no CO2e (metric ton/kWh)"}},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			importedWith(t, "ccf", tc.o, &probs, tc.file)
			expectProblems(t, &probs, tc.want...)
		})
	}
}

func FuzzCCF(f *testing.F) {
	f.Add("Region,Location,NERC Region,CO2e (metric ton/kWh),Source\r\nFinland Central,Helsinki,,000077,EEA,\r\n")
	f.Add(",family,type,microarchitecture,total\n0,e2,e2-standard-2,Skylake,1255.46\n")
	f.Add("Instance Type,Platform Embedded Emissions (kgCo2eq),Platform Embedded Emissions (mtCo2eq)\na,1,2\n")
	f.Add(",Architecture,Min Watts,Max Watts\n0,Haswell,1,2\n")
	f.Fuzz(func(t *testing.T, content string) {
		var probs diag.List
		importedWith(t, "ccf", Options{Released: "2026", Year: 2021}, &probs, text("aws.csv", content)).sane(t)
		packed(t, "ccf", Options{Released: "2026", Year: 2021}, new(diag.List), text("aws.csv", content))
	})
}
