import type { Condition, Plan, Retirement, StepId } from './plan.ts'

/**
 * The plan with what it says of the steps that a person left in it: others meet no condition, and what they would replace stays in use. For
 * who shows a plan; what is kept is the plan as it was sealed, which names them still.
 */
export function ofStepsLeft(plan: Plan): Plan {
  const left = new Set(plan.steps.map(({ id }) => id))
  const { conditions, retire } = plan
  return {
    ...plan,
    ...(conditions === undefined ? {} : { conditions: conditions.flatMap((one) => conditionLeft(one, left)) }),
    ...(retire === undefined ? {} : { retire: retire.flatMap((one) => retirementLeft(one, left)) }),
  }
}

function conditionLeft(condition: Condition, left: ReadonlySet<StepId>): readonly Condition[] {
  const steps = condition.steps.filter((id) => left.has(id))
  return steps.length === 0 ? [] : [{ ...condition, steps }]
}

function retirementLeft(retirement: Retirement, left: ReadonlySet<StepId>): readonly Retirement[] {
  const { places, still, steps } = retirement
  if (steps === undefined) return [retirement]
  const gone = places.map((place, index) => ({ place, step: steps[index] ?? '' }))
  const done = gone.filter(({ step }) => left.has(step))
  const kept = gone.filter(({ step }) => !left.has(step)).map(({ place }) => place)
  if (done.length === 0) return []
  return [
    {
      ...retirement,
      places: done.map(({ place }) => place),
      steps: done.map(({ step }) => step),
      still: [...still, ...kept],
    },
  ]
}
