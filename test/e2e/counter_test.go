package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kakehashi/engines/jp"
	"kakehashi/test/browser"
)

// TestCounter_ByKeyboardAlone enters an application on paper in one screen: the
// keyboard stands in its first field, and no other key than Tab, an arrow and
// Enter is needed beside what stands on the paper.
func TestCounter_ByKeyboardAlone(t *testing.T) {
	p := visits(t, browser.Desk, "ja").as("clerk")
	var said string
	for ahead := range 14 { // some days the room is closed, or somebody has it
		p.goes("/office/counter")
		day := jp.DateOf(time.Now()).AddDays(9 + ahead)
		for _, typed := range []string{"あおぞら", kb.ArrowDown, day.String(), "1", "8"} {
			p.must(p.Type(typed + kb.Tab))
		}
		p.must(p.Type("紙で申し込んだ読書会"))
		_, err := p.Follow(chromedp.KeyEvent(kb.Enter))
		p.must(err)
		said = p.reads()
		if strings.Contains(said, "受付番号") {
			return
		}
	}
	t.Errorf("the clerk reads:\n%s", said)
}
