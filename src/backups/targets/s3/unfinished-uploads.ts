import { S3ServiceError } from 's3mini';
import { z } from 'zod';
import { AppError } from '../../../base/index.ts';
import type { S3Client } from './client.ts';

const uploadSchema = z.object({ Key: z.string(), UploadId: z.string() });

/** XML does not tell a list of one from one. */
const answerSchema = z.object({
  ListMultipartUploadsResult: z.object({
    Upload: z
      .union([z.array(uploadSchema), uploadSchema.transform((upload) => [upload])])
      .optional()
      .default([]),
  }),
});

/** Aborts every multipart upload below a prefix; gives how many there were. Their parts would be paid for without end. */
export async function abortUploads(client: S3Client, prefix: string): Promise<number> {
  const uploads = (await listUploads(client, prefix)).filter(({ Key }) => Key.startsWith(prefix));
  for (const { Key, UploadId } of uploads)
    await client.call(async (store) => await store.abortMultipartUpload(Key, UploadId));
  return uploads.length;
}

async function listUploads(client: S3Client, prefix: string): Promise<z.infer<typeof uploadSchema>[]> {
  try {
    const answer: unknown = await client.call(
      async (store) => await store.listMultipartUploads('/', '', 'GET', { prefix }),
    );
    return answerSchema.safeParse(answer).data?.ListMultipartUploadsResult.Upload ?? [];
  } catch (error) {
    if (isNotImplemented(error)) return [];
    throw error;
  }
}

/** Some stores keep no list of them. */
function isNotImplemented(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof S3ServiceError && [405, 501].includes(error.cause.status);
}
