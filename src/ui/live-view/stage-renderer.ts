/** How listr2 draws our list: our own lines as they are, to the stream that we choose, a few times a second. */
import { DefaultRenderer, ListrLogger, ProcessOutput, Spinner } from 'listr2'
import { displayWidth } from '../text.ts'
import type { OutputStream } from '../view.ts'

/** At most eight times a second. */
const REDRAW_MS = 125
/** A timer may fire a little early. */
const TIMER_SLACK_MS = 5

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const ERASE_LINE_AND_GO_UP = '\u001b[2K\u001b[1A'

interface Drawing {
  readonly stream: OutputStream
  /** Takes the newest words over into the tasks; called before each drawing. */
  readonly refresh: () => void
}

type Arguments = ConstructorParameters<typeof DefaultRenderer>

/** Returns the renderer for one list. */
export function stageRenderer({ stream, refresh }: Drawing) {
  return class StageRenderer extends DefaultRenderer {
    /** listr2 would look whether stdout is a terminal; we draw on stderr, and know that it is one. */
    static override nonTTY = true

    #drawn = ''
    #drawnAtMs = -Infinity

    constructor(tasks: Arguments[0], _options: Arguments[1], events: Arguments[2]) {
      super(
        tasks,
        {
          spinner: new SlowSpinner(),
          logger: new ListrLogger({ useIcons: false, processOutput: new LiveOutput(stream) }),
          showSkipMessage: false,
          showErrorMessage: false,
        },
        events,
      )
    }

    override async render(): Promise<void> {
      await super.render()
      stream.on('resize', this.#mendBrokenLines)
    }

    /** listr2 calls it for every change; what came too early is drawn with the next tick of the spinner. */
    override update(): void {
      const nowMs = performance.now()
      if (nowMs - this.#drawnAtMs < REDRAW_MS - TIMER_SLACK_MS) return
      this.#drawnAtMs = nowMs
      refresh()
      super.update()
    }

    override end(): void {
      stream.off('resize', this.#mendBrokenLines)
      super.end()
    }

    override create(options?: Parameters<DefaultRenderer['create']>[0]): string {
      return (this.#drawn = super.create(options))
    }

    /** Title and output of a task come with mark, indent and colour, and fit the terminal. listr2 has trimmed the output. */
    protected override format(message: string, _icon: string, level: number): string[] {
      if (message.trim() === '') return []
      return (level === 0 ? message : `  ${message}`).split('\n').map((line) => line.trimEnd())
    }

    /** A narrower terminal has broken the drawn lines: erases as many as there are now, then draws anew. */
    readonly #mendBrokenLines = (): void => {
      const columns = stream.columns ?? Infinity
      const broken = this.#drawn.split('\n').map((line) => Math.ceil(visibleWidth(line) / columns) - 1)
      const extra = broken.reduce((sum, count) => sum + Math.max(0, count), 0)
      stream.write(ERASE_LINE_AND_GO_UP.repeat(extra))
      this.#drawnAtMs = -Infinity
      this.update()
    }
  }
}

class SlowSpinner extends Spinner {
  override start(tick?: () => void): void {
    super.start(tick, REDRAW_MS)
  }
}

/** Writes straight to the stream, whose width may change, and holds nothing back of what others print. */
class LiveOutput extends ProcessOutput {
  readonly #stream: OutputStream

  constructor(stream: OutputStream) {
    super(stream as NodeJS.WriteStream, stream as NodeJS.WriteStream)
    this.#stream = stream
  }

  override get stdout(): NodeJS.WriteStream {
    return this.#stream as NodeJS.WriteStream
  }

  override hijack(): void {
    this.#stream.write(HIDE_CURSOR)
  }

  override release(): void {
    this.#stream.write(SHOW_CURSOR)
  }
}

// eslint-disable-next-line no-control-regex
const LOOKS = /\u001b\[\d+m/g

function visibleWidth(painted: string): number {
  return displayWidth(painted.replace(LOOKS, ''))
}
