package importers

import (
	"slices"
	"strings"
	"testing"
)

const someServers = `manufacturer;name;category;subcategory;gwp_total;yearly_tec;lifetime;report_date;sources;gwp_manufacturing_ratio;weight;memory;number_cpu
Dell;PowerEdge C4140;Datacenter;Server;6800;1325;4;February 2019;https://i.dell.com/pcf-v1,2.pdf;0,1830;22,225;32;2
Lenovo;Lenovo ThinkSystem SR1,5+;Datacenter;Server;3664;;3;;;;0;;
Apple;13-inch MacBook Air;Workplace;Laptop;161;;3;November 2020;;0,7600;1,29;;
`

func TestBoaviztaServersByTheirTraps(t *testing.T) {
	got := importFiles(t, "boavizta-pcf", Options{}, text("boavizta-data-fr.csv", strings.ReplaceAll(someServers, "\n", "\r\n")))
	if f := got.report.Files[0]; f.Records != 3 || f.Used != 2 || f.Why[0] != (Reason{"no server, but of the class Laptop", 1}) {
		t.Fatalf("%+v\n%s", f, got.told)
	}
	if l := got.report.ShareAlike; len(l) != 1 || l[0] != (LicenceReport{"ODbL-1.0", 2}) {
		t.Errorf("%+v", l)
	}
	got.want(t, 0, `
		hardware_id: dell-poweredge-c4140
		name: Dell PowerEdge C4140
		manufacturer: Dell
		class: server
		mass: 22.225
		memory: 32
		lifetime: 4
		rated_power: -
		released: -
		quality: reported
		licence: ODbL-1.0
		source: Boavizta, environmental-footprint-data, after the product carbon footprint report of Dell (February 2019)
		url: https://i.dell.com/pcf-v1.2.pdf
		assumption: lifetime is the one that the manufacturer's report assumes; reported with 2 processors`)
	// The name repeats its maker; 1,5 is a name with a point, as the file writes it; a weight of 0 says nothing.
	got.want(t, 1, "hardware_id: lenovo-thinksystem-sr1-5-plus\nname: Lenovo ThinkSystem SR1.5+\nmass: -\nlifetime: 3")
	if list := strings.Join(got.left, "\n"); !strings.Contains(list, "mass 0 | 0 says nothing") || !strings.Contains(list, "column | gwp_total | a factor (ailca import factors boavizta-pcf)") {
		t.Error(list)
	}
}

// Both files hold the same rows, one with points and one with decimal commas. Two by hand: Dell's C4140 weighs 22.225 kg, Lenovo's SR850P 25 kg, supposed to run 3 years.
func TestBoaviztaServersAsPublished(t *testing.T) {
	var both []imported
	for _, file := range []string{"us", "fr"} {
		got := importFiles(t, "boavizta-pcf", Options{}, published(t, "boavizta-pcf/boavizta-data-"+file+".csv"))
		f := got.report.Files[0]
		if f.Records != 1226 || f.Used != 55 || !hasReason(f, "no server, but of the class Laptop", 452) || !hasReason(f, "no server, but of the class Monitor", 296) || !hasReason(f, "no server, but of the class SAN/NAS", 1) {
			t.Errorf("%s: %+v", file, f)
		}
		got.want(t, got.find(t, "hardware_id", "dell-poweredge-c4140"), "mass: 22.225\nlifetime: 4\nmemory: 32")
		got.want(t, got.find(t, "hardware_id", "lenovo-thinksystem-sr850p"), "mass: 25\nlifetime: 3")
		both = append(both, got)
	}
	for i, row := range both[0].rows {
		for _, column := range []string{"hardware_id", "name", "mass", "memory", "lifetime", "source", "assumption"} {
			if row[column] != both[1].rows[i][column] {
				t.Errorf("%s of row %d: %q in one file, %q in the other", column, i, row[column], both[1].rows[i][column])
			}
		}
	}
	if slices.ContainsFunc(both[0].rows, func(r map[string]string) bool { return strings.Contains(r["hardware_id"], "#") }) {
		t.Error("a server stands twice")
	}
}

// Who imports both files gets each server once; one whose figures differ in the other file is a record of its own, and says so.
func TestBoaviztaServersOfBothFilesStandOnce(t *testing.T) {
	points := strings.ReplaceAll(pointsBetweenDigits(someServers), ";", ",")
	files := func() []File { return []File{text("us.csv", points), text("fr.csv", someServers)} }
	got := importFiles(t, "boavizta-pcf", Options{}, files()...)
	if f := got.report.Files; f[0].Used != 2 || f[1].Used != 0 || !hasReason(f[1], "stands in another file already, with the same figures", 2) {
		t.Errorf("%+v\n%s", f, got.told)
	}
	got = importFiles(t, "boavizta-pcf", Options{}, files()[0], text("fr.csv", strings.Replace(someServers, "22,225", "22", 1)))
	if f := got.report.Files; f[1].Used != 1 {
		t.Errorf("%+v", f)
	}
	got.want(t, 2, "hardware_id: dell-poweredge-c4140#2\nmass: 22")
	got = importFiles(t, "boavizta-pcf", Options{}, published(t, "boavizta-pcf/boavizta-data-us.csv"), published(t, "boavizta-pcf/boavizta-data-fr.csv"))
	if f := got.report.Files; f[0].Used != 55 || f[1].Used != 0 {
		t.Errorf("%+v", f)
	}
}
