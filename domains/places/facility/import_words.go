package facility

// importedYes are the ways in which files of offices say yes, in NFKC and lower
// case.
var importedYes = map[string]bool{
	"有": true, "有り": true, "可": true, "あり": true, "○": true, "◯": true, "〇": true, "はい": true, "対応": true,
	"1": true, "true": true, "yes": true,
}

// Yes and No are how the office's own pages answer, in the words of the open
// data layout.
const (
	Yes = "有"
	No  = "無"
)
