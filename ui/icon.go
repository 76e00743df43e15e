package ui

import (
	"context"
	"io"
	"slices"

	"github.com/a-h/templ"
)

// Icon names a drawing of our own set. Every icon is made of arcs and dots on a
// grid of 24, stands beside a word, and is hidden from screen readers.
type Icon string

// The icons. The first five are the doors.
const (
	IconPlace    Icon = "place"    // a roof and its door: 借りる
	IconTake     Icon = "take"     // a rising sun: 始める
	IconWatch    Icon = "watch"    // an eye: 見守る
	IconHelp     Icon = "help"     // two arches that share a foot: 助け合う
	IconAsk      Icon = "ask"      // two voices: 相談する
	IconLanguage Icon = "language" // 文 and A
	IconAids     Icon = "aids"     // あ
	IconPerson   Icon = "person"
	IconGroup    Icon = "group"
	IconPhone    Icon = "phone"
	IconMail     Icon = "mail"
	IconClock    Icon = "clock"
	IconCalendar Icon = "calendar"
	IconMap      Icon = "map"
	IconYen      Icon = "yen"
	IconCheck    Icon = "check"
	IconCross    Icon = "cross"
	IconPlus     Icon = "plus"
	IconEdit     Icon = "edit"
	IconBin      Icon = "bin"
	IconSearch   Icon = "search"
	IconFilter   Icon = "filter"
	IconNext     Icon = "next" // turns round in right-to-left text
	IconPrev     Icon = "prev" // likewise
	IconDown     Icon = "down"
	IconDownload Icon = "download"
	IconUpload   Icon = "upload"
	IconPrint    Icon = "print"
	IconInfo     Icon = "info"
	IconWarning  Icon = "warning"
	IconAlarm    Icon = "alarm"
	IconInbox    Icon = "inbox"
	IconKey      Icon = "key"
	IconLock     Icon = "lock"
	IconStep     Icon = "stepfree" // step-free access
	IconBridge   Icon = "bridge"
	IconFeed     Icon = "feed"
	IconOut      Icon = "out" // leave, sign out
	IconList     Icon = "list"
	IconChart    Icon = "chart"
	IconHand     Icon = "hand" // acting for somebody
)

// drawings are the paths; class "dot" is filled, everything else is a line.
var drawings = map[Icon]string{
	IconPlace:    `<path d="M3 11a9 8 0 0 1 18 0M5 11v9h14v-9M10 20v-4a2 2 0 0 1 4 0v4"/>`,
	IconTake:     `<path d="M6 17a6 6 0 0 1 12 0M3 17h18M12 4v3M4.5 8.5l2 2M19.5 8.5l-2 2"/>`,
	IconWatch:    `<path d="M2 13a11 9 0 0 1 20 0 11 9 0 0 1-20 0"/><circle class="dot" cx="12" cy="13" r="3"/>`,
	IconHelp:     `<path d="M2 20a6.500 8 0 0 1 13 0M9 20a6.500 8 0 0 1 13 0"/><circle class="dot" cx="8" cy="6.500" r="2.500"/><circle class="dot" cx="16" cy="6.500" r="2.500"/>`,
	IconAsk:      `<path d="M3 17V9a6 5 0 0 1 12 0 6 5 0 0 1-6 5H7zM18 10a4.500 4 0 0 1 3 4v6l-3-2h-4a4 4 0 0 1-3-1.500"/>`,
	IconLanguage: `<path d="M3 6h10M8 3v3M5 6c1 4 4 6 7 7M11 6c-1 4-4 6-7 7M12 21l4.500-11L21 21M13.500 17.500h6"/>`,
	IconAids:     `<path d="M6 6.500c4 1 8 .5 11-.5M10.500 3c-1 6-.5 11 1 16M15.500 9c-2 6-5 9.500-8 9.500-4 0-3-8 4.500-8 8 0 8 8 1.500 9.500"/>`,
	IconPerson:   `<path d="M4 21a8 8.500 0 0 1 16 0"/><circle cx="12" cy="7" r="4"/>`,
	IconGroup:    `<path d="M2 20a6 6.500 0 0 1 12 0M15 14a6 6 0 0 1 7 6"/><circle cx="8" cy="8" r="3.500"/><path d="M15 4.500a3.500 3.500 0 0 1 0 7"/>`,
	IconPhone:    `<path d="M6 3h3l2 5-2.500 2a12 12 0 0 0 5.500 5.500l2-2.500 5 2v3a3 3 0 0 1-3.500 3A17 17 0 0 1 3 6.500 3 3 0 0 1 6 3z"/>`,
	IconMail:     `<path d="M3 6h18v13H3zM3 7l9 6.500L21 7"/>`,
	IconClock:    `<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.500 2"/>`,
	IconCalendar: `<path d="M4 6h16v15H4zM4 11h16M8 3v4M16 3v4"/><circle class="dot" cx="12" cy="16" r="1.750"/>`,
	IconMap:      `<path d="M12 22c-4-5-7-8.500-7-12.500a7 7 0 0 1 14 0c0 4-3 7.500-7 12.500z"/><circle class="dot" cx="12" cy="9.500" r="2.250"/>`,
	IconYen:      `<path d="M6 3l6 9 6-9M12 12v9M7 13h10M7 17h10"/>`,
	IconCheck:    `<path d="M4 13l5 5L20 6"/>`,
	IconCross:    `<path d="M5 5l14 14M19 5L5 19"/>`,
	IconPlus:     `<path d="M12 4v16M4 12h16"/>`,
	IconEdit:     `<path d="M4 20l1-5L16 4l4 4L9 19zM13.500 6.500l4 4"/>`,
	IconBin:      `<path d="M4 7h16M9 7a3 3 0 0 1 6 0M6 7l1 14h10l1-14M10 11v6M14 11v6"/>`,
	IconSearch:   `<circle cx="10.500" cy="10.500" r="6.500"/><path d="M15.500 15.500L21 21"/>`,
	IconFilter:   `<path d="M3 6h18M6 12h12M10 18h4"/>`,
	IconNext:     `<path d="M9 4l8 8-8 8"/>`,
	IconPrev:     `<path d="M15 4l-8 8 8 8"/>`,
	IconDown:     `<path d="M4 9l8 8 8-8"/>`,
	IconDownload: `<path d="M12 3v12M7 10.500l5 5 5-5M4 17v4h16v-4"/>`,
	IconUpload:   `<path d="M12 16V4M7 8.500l5-5 5 5M4 17v4h16v-4"/>`,
	IconPrint:    `<path d="M7 8V3h10v5M7 17H3V8h18v9h-4M7 14h10v7H7z"/>`,
	IconInfo:     `<circle cx="12" cy="12" r="9"/><path d="M12 11v6"/><circle class="dot" cx="12" cy="7.500" r="1.250"/>`,
	IconWarning:  `<path d="M12 3l10 18H2zM12 10v5"/><circle class="dot" cx="12" cy="18" r="1.250"/>`,
	IconAlarm:    `<path d="M5 18a7 9 0 0 1 14 0zM3 21h18M12 4V2M4.500 6.500L3 5M19.500 6.500L21 5"/>`,
	IconInbox:    `<path d="M3 14l3-9h12l3 9v6H3zM3 14h5a4 3 0 0 0 8 0h5"/>`,
	IconKey:      `<circle cx="7.500" cy="15.500" r="4.500"/><path d="M11 12l9-9M16 7l3 3"/>`,
	IconLock:     `<path d="M5 11h14v10H5zM8 11V8a4 4 0 0 1 8 0v3"/>`,
	IconStep:     `<path d="M10 8v5h5l3 6M7 11a5 5 0 1 0 7 6.500"/><circle class="dot" cx="10" cy="4.500" r="2"/>`,
	IconBridge:   `<path d="M2 17a10 10 0 0 1 20 0M7 17V9.500M12 17V7M17 17V9.500"/>`,
	IconFeed:     `<path d="M4 11a9 9 0 0 1 9 9M4 4a16 16 0 0 1 16 16"/><circle class="dot" cx="5.500" cy="18.500" r="2"/>`,
	IconOut:      `<path d="M10 4H4v16h6M9 12h12M16.500 7l5 5-5 5"/>`,
	IconList:     `<path d="M9 6h12M9 12h12M9 18h12"/><circle class="dot" cx="4" cy="6" r="1.500"/><circle class="dot" cx="4" cy="12" r="1.500"/><circle class="dot" cx="4" cy="18" r="1.500"/>`,
	IconChart:    `<path d="M4 20V10M10 20V4M16 20v-8M21 20H3"/>`,
	IconHand:     `<path d="M4 13v7M4 14c5-3 7-1 9 1h4a2 2 0 0 1 0 4h-6M13 19c3 1 5 0 9-3"/><circle class="dot" cx="14" cy="6" r="2.500"/>`,
}

// Draw draws the icon. It says nothing to a screen reader: the word beside it
// does. An icon that we do not have draws nothing.
func Draw(i Icon) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		d, ok := drawings[i]
		if !ok {
			return nil
		}
		class := "icon"
		if i == IconNext || i == IconPrev || i == IconOut {
			class = "icon turns"
		}
		_, err := io.WriteString(w, `<svg class="`+class+`" viewBox="0 0 24 24" aria-hidden="true" focusable="false">`+d+`</svg>`)
		return err
	})
}

// Logo draws the single arc over two dots.
func Logo() templ.Component { return templ.Raw(logo) }

const logo = `<svg class="logo" viewBox="0 0 44 44" aria-hidden="true" focusable="false"><path d="M4 33a18 21 0 0 1 36 0"/><circle class="dot" cx="16" cy="29.500" r="4"/><circle class="dot small" cx="28" cy="31" r="3"/></svg>`

// iconNames lists the icons in alphabetical order.
func iconNames() []string {
	names := make([]string, 0, len(drawings))
	for i := range drawings {
		names = append(names, string(i))
	}
	slices.Sort(names)
	return names
}
