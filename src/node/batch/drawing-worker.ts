import { serve } from '../threads/serve.js';
import { type DrawingJob, type DrawingReport, drawShare } from './drawing-job.js';

serve<DrawingJob, never, DrawingReport>((job, say) => {
  drawShare(job, say);
  return undefined;
});
