/** What the same training would cost on rented cards. Pure. */
import { assumeCard, GPU_CARDS, type GpuCard } from '../../environment/gpu-cards.ts'
import { planSettings } from '../../presets/plan-settings.ts'
import { planModelParts } from '../../trainer/base-model/model-parts.ts'
import type { Config, CostPlan, CostRow, PlanContext, PlannedStage, StageName } from '../../types.ts'
import { isActive } from '../active-stages.ts'
import { planTraining } from '../training-maths.ts'
import type { GpuPrices } from './gpu-prices.ts'
import { planMemory } from './plan-memory.ts'
import { gpuProcessor, planTime } from './plan-time.ts'

interface CostInput extends PlanContext {
  readonly stages: readonly PlannedStage[]
  readonly prices: GpuPrices
}

/** Every card that has a price, cheapest first; null when there is nothing to train, or nothing to train on. */
export function planCost(input: CostInput): CostPlan | null {
  if (!isActive(input.stages, ['train-controlnet']) || input.training.rows === 0) return null
  const { currency, as_of, source, per_hour } = input.prices
  const rows = GPU_CARDS.filter(({ name }) => per_hour[name] !== undefined)
    .map((card) => planRow(card, per_hour[card.name]!, input))
    .sort((a, b) => Number(b.fits) - Number(a.fits) || a.total - b.total)
  return { currency, as_of, source, rows }
}

function planRow(card: GpuCard, pricePerHour: number, input: CostInput): CostRow {
  const config = onAnyCard(input.config)
  const facts = { ...input.facts, ...assumeCard(card) }
  const model = planModelParts(config, facts)
  const { rows, validation_rows } = input.training
  const settings = planSettings(config, facts, { model, rows })
  const training = planTraining(config, settings, { train: rows, validation: validation_rows })
  const [memory] = planMemory({ settings, config, facts })
  const time = planTime({
    ...input,
    ...{ config, facts, model, training, previous: null },
    stages: input.stages.map(onFreshMachine),
    processor: gpuProcessor(card),
  })
  const hours = time!.expected_s / 3600
  return {
    gpu: card.name,
    fits: memory?.fits === true,
    preset: settings.preset,
    hours: round(hours),
    price_per_hour: pricePerHour,
    total: round(hours * pricePerHour),
  }
}

/** What the config says of this machine does not hold for another one. */
function onAnyCard(config: Config): Config {
  return {
    ...config,
    environment: { ...config.environment, torch: 'auto' },
    train: { ...config.train, preset: 'auto' },
    launch: { ...config.launch, num_processes: 1 },
  }
}

const MADE_ANEW: readonly StageName[] = ['create-environment', 'fetch-trainer', 'fetch-base-model']

/** A rented machine has no environment and no base model; the dataset comes along. */
function onFreshMachine(stage: PlannedStage): PlannedStage {
  return MADE_ANEW.includes(stage.name) ? { ...stage, action: 'create' } : stage
}

const round = (value: number): number => Math.round(value * 100) / 100
